# Mails to managers about webhooks that the service has disabled.

webhook-disabled = Ein Webhook von { $organization } ist abgeschaltet
    .intro = Der Dienst konnte drei Tage lang keine Ereignisse von { $organization } an diesen Webhook senden, oder der Empfänger hat mitgeteilt, dass es ihn nicht mehr gibt. Dorthin werden keine Ereignisse mehr gesendet.
    .call = Ihre nächsten Buchungen ansehen, deren Änderungen der Webhook nicht erhält:
    .outro = Ein Inhaber kann den Webhook mit der API wieder einschalten, wenn der Empfänger funktioniert. Ereignisse bleiben 30 Tage lang erhalten: Wird der Webhook in dieser Zeit eingeschaltet, erhält er alle.
label-webhook = Webhook
