# Mails to managers about webhooks that the service has disabled.

webhook-disabled = A webhook of { $organization } is disabled
    .intro = The service could not send events of { $organization } to this webhook for three days, or the receiver has said that it is gone. It sends no more events there.
    .call = To see your next bookings, whose changes the webhook does not get:
    .outro = An owner can enable the webhook again by the API when the receiver works. Events are kept for 30 days: a webhook that is enabled within this time gets all of them.

label-webhook = Webhook
