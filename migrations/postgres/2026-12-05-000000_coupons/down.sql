DROP INDEX booking_charges_by_coupon;
ALTER TABLE booking_charges DROP COLUMN coupon_id;
ALTER TABLE booking_charges DROP COLUMN coupon;
DROP TABLE coupons;
