# Mails to managers about webhooks that the service has disabled.

webhook-disabled = Een webhook van { $organization } is uitgeschakeld
    .intro = De dienst kon drie dagen lang geen gebeurtenissen van { $organization } naar deze webhook sturen, of de ontvanger heeft gemeld dat hij niet meer bestaat. Er worden daar geen gebeurtenissen meer naartoe gestuurd.
    .call = Uw volgende boekingen bekijken, waarvan de webhook de wijzigingen niet krijgt:
    .outro = Een eigenaar kan de webhook via de API weer inschakelen als de ontvanger werkt. Gebeurtenissen blijven 30 dagen bewaard: een webhook die binnen die tijd wordt ingeschakeld, krijgt ze allemaal.
label-webhook = Webhook
