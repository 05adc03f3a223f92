# Mails to hosts about payments by card that need them.

card-refund-failed = Un remboursement de { $amount } n’est pas arrivé chez { $customer }
    .intro = La banque a renvoyé un remboursement de { $amount } qui devait être versé sur la carte de { $customer } pour { $resource }.
    .call = Versez le montant d’une autre façon, par exemple par virement, et enregistrez le paiement. Pour voir la réservation :
    .outro = Le service ne réessaie pas avec la carte.

card-disputed = { $customer } conteste un paiement de { $amount }
    .intro = { $customer } a réclamé à sa banque { $amount }, payés par carte pour { $resource }. La banque a repris l’argent jusqu’à sa décision.
    .call = Envoyez à l’exploitant de ce service ce qui prouve la réservation et son utilisation, pour qu’il puisse répondre à temps à la banque. Pour voir la réservation :
    .outro = Si la banque donne raison au client, le client vous doit de nouveau le montant.

card-declined = La carte de { $customer } a été refusée
    .intro = { $customer } a enregistré une carte pour { $resource }. La banque a refusé de payer avec elle { $amount }, que { $customer } vous doit.
    .call = Convenez avec { $customer } de la façon de payer. La page de la réservation permet aussi de payer par carte. Pour voir la réservation :
    .outro = Le service ne réessaie pas avec la carte enregistrée.
