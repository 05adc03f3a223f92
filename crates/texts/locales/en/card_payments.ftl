# Mails to hosts about payments by card that need them.

card-refund-failed = A refund of { $amount } did not reach { $customer }
    .intro = The bank sent a refund of { $amount } back that was to be paid to the card of { $customer } for { $resource }.
    .call = Please pay the amount in another way, such as by bank transfer, and record the payment. To see the booking:
    .outro = The service does not try the card again.

card-disputed = { $customer } disputes a payment of { $amount }
    .intro = { $customer } has demanded { $amount } back from its bank, which it paid by card for { $resource }. The bank has taken the money until it decides.
    .call = Please send the operator of this service what proves the booking and its use, so that it can respond to the bank in time. To see the booking:
    .outro = If the bank decides for the customer, the customer owes you the amount again.

card-declined = The card of { $customer } was declined
    .intro = { $customer } saved a card for { $resource }. The bank refused to pay { $amount } from it, which { $customer } owes you.
    .call = Please agree with { $customer } how it pays. It can also pay by card on the page of the booking. To see the booking:
    .outro = The service does not try the saved card again.
