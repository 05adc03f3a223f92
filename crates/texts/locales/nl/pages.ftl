# The pages behind the links in mails. The value of a message is a title, or a line in a list.

page-verify-email = Bevestig uw e-mailadres
    .text = Druk op de knop als u met dit e-mailadres een account hebt aangemaakt.
    .button = Het adres bevestigen
    .done = Uw e-mailadres is bevestigd. U kunt nu boeken en middelen aanbieden.

page-verify-contact = Bevestig het contactadres
    .text = Druk op de knop als u op dit adres e-mails over de boekingen van de organisatie wilt ontvangen.
    .button = De e-mails ontvangen
    .done = Het adres is bevestigd. E-mails over de boekingen van de organisatie worden naar dit adres gestuurd.

page-confirm-email = Bevestig uw nieuwe e-mailadres
    .text = Druk op de knop als u dit e-mailadres voor uw account wilt gebruiken.
    .button = Het nieuwe adres gebruiken
    .done = Uw account heeft nu het nieuwe adres. Gebruik het wanneer u zich aanmeldt.

page-reset-password = Stel een nieuw wachtwoord in
    .text = Alle sessies van het account eindigen wanneer u een nieuw wachtwoord instelt.
    .button = Het wachtwoord instellen
    .done = Het wachtwoord is ingesteld. Meld u ermee aan.

page-forgot-password = Vraag een nieuw wachtwoord aan
    .text = Als het adres een account heeft, sturen we een e-mail met een link om een nieuw wachtwoord in te stellen.
    .button = De e-mail sturen
    .done = Als het adres een account heeft, is de e-mail onderweg.

page-invitation = Uitnodiging
    .certification = { $organization } certificeert de eigenaar van { $email }: { $kind }.
    .membership = { $organization } nodigt de eigenaar van { $email } uit om lid te worden met deze rol: { $role ->
        [owner] eigenaar
        [manager] beheerder
       *[booker] boeker
    }.
    .create = Het adres heeft nog geen bevestigd account. Als u de uitnodiging aanvaardt, wordt er een aangemaakt.
    .button = De uitnodiging aanvaarden
    .button-create = Het account aanmaken en aanvaarden
    .done = U hebt de uitnodiging aanvaard.

page-input =
    .new-password = Nieuw wachtwoord
    .password = Kies een wachtwoord
    .name = Uw naam
    .email = E-mailadres
    .reason = Reden (niet verplicht)

page-booking =
    { $count ->
        [one] Boeking
       *[other] Boekingen
    }

# $alone says whether the booking was rescheduled without the rest of its series.
page-booking-line = { $slot }, voor { $customer }: { $status ->
        [held] gereserveerd
        [requested] aangevraagd
        [confirmed] bevestigd
        [in_use] in gebruik
        [completed] afgerond
        [no_show] niet verschenen
        [cancelled] geannuleerd
        [declined] afgewezen
       *[expired] vervallen
    }.{ $alone ->
        [yes] { " " }Verplaatst zonder de rest van de reeks.
       *[no] { "" }
    }

page-slot = { $resource }, { $time }{ $quantity ->
        [1] { "" }
       *[other] , hoeveelheid { $quantity }
    }, { $price }

page-proposal = { $by } stelt voor: { $slot }.
    .until = De boeking blijft zoals ze is tot de andere partij aanvaardt. Het voorstel verloopt op { $until }.
    .message = Bericht: { $message }
    .violation = Dit schendt een regel: { $rule }.
    .accept = Het voorstel aanvaarden
    .decline = Het voorstel afwijzen
    .withdraw = Het voorstel intrekken

page-move =
    .confirm = Bevestigen
    .approve = Goedkeuren
    .decline = Afwijzen
    .cancel = Annuleren

page-pay = Betalen met de kaart
    .text = U betaalt { $amount } op een pagina van Stripe.
    .link = Verder naar de pagina van Stripe

page-paid = Dank u
    .text = Uw bank wordt om de betaling gevraagd. U krijgt een e-mail over uw boeking. U kunt deze pagina sluiten.

page-not-paid = Niet betaald
    .text = U hebt niet betaald, en uw kaart is niet belast. Zolang de boeking voor u gereserveerd is, kunt u het opnieuw proberen.

page-account-link-expired = De link is niet meer geldig
    .text = Een link naar de pagina van Stripe kan één keer en enkele minuten lang worden geopend. Koppel uw rekening opnieuw om een nieuwe link te krijgen.

page-account-answered = Dank u wel
    .text = Stripe controleert uw antwoorden. Uw rekening toont wanneer ze betalingen kan aannemen. U kunt deze pagina sluiten.

page-next-bookings = Uw volgende boekingen
    .none = Er zijn er geen.

page-certifications = Uw certificeringen
    .line = { $kind } van { $organization }: { $status ->
        [valid] geldig
        [expired] verlopen
       *[revoked] ingetrokken
    }{ $until ->
        [none] { "" }
       *[other] , tot { $until }
    }.

page-certification-kind = Een certificering van { $organization }.

page-mails = Uw e-mails
    .text = Kies welke e-mails u wilt ontvangen. E-mails over uw account en over wijzigingen door anderen worden altijd gestuurd.
    .button = Opslaan
    .done = Uw keuze is opgeslagen.
    .reminders = Een boeking of training van mij begint binnenkort
    .requests = Aanvragen en verwachte betalingen
    .bookings = Iemand heeft iets van mijn organisatie geboekt
    .changes = Een boeking is verplaatst of gemist, of een middel is buiten gebruik
    .overruns = De tijd van een boeking is voorbij en zij is nog in gebruik
    .waitlist = Mijn plaatsen op wachtlijsten
    .certifications = Certificeringen en trainingen

page-training = { $time }: { $status ->
        [scheduled] gepland
        [held] gehouden
       *[cancelled] geannuleerd
    }. Vrije plaatsen: { $free }.
    .text = Kies wie heeft deelgenomen. Zij worden gecertificeerd; alle anderen worden als afwezig vastgelegd. U kunt dit één keer doen.
    .button = Aanwezigheid vastleggen
    .done = De aanwezigheid is vastgelegd.
