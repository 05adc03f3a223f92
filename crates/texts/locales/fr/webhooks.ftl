# Mails to managers about webhooks that the service has disabled.

webhook-disabled = Un webhook de { $organization } est désactivé
    .intro = Pendant trois jours, le service n’a pas pu envoyer d’événements de { $organization } à ce webhook, ou le destinataire a indiqué qu’il n’existe plus. Aucun événement n’y est plus envoyé.
    .call = Pour voir vos prochaines réservations, dont le webhook ne reçoit pas les changements :
    .outro = Un propriétaire peut réactiver le webhook par l’API quand le destinataire fonctionne. Les événements sont gardés 30 jours : un webhook réactivé pendant ce temps les reçoit tous.
label-webhook = Webhook
