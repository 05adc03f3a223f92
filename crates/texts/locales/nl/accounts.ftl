# Mails about accounts. They name no user whose address is not verified: the name may be an advertisement.

verification = Bevestig uw e-mailadres
    .intro = Iemand heeft met dit e-mailadres een account aangemaakt bij { $url }.
    .call = Als u dat was, open dan deze link om te bevestigen dat het adres van u is:
    .outro =
        { $hours ->
            [one] De link is één uur geldig. Als u het niet was, hoeft u niets te doen: zonder uw bevestiging kan niemand het account gebruiken.
           *[other] De link is { $hours } uur geldig. Als u het niet was, hoeft u niets te doen: zonder uw bevestiging kan niemand het account gebruiken.
        }

password-reset = Kies een nieuw wachtwoord
    .intro = Iemand heeft een nieuw wachtwoord aangevraagd voor uw account bij { $url }.
    .call = Als u dat was, open dan deze link om een nieuw wachtwoord te kiezen:
    .outro =
        { $minutes ->
            [one] De link is één minuut geldig en werkt één keer. Als u het niet was, hoeft u niets te doen: uw wachtwoord verandert niet.
           *[other] De link is { $minutes } minuten geldig en werkt één keer. Als u het niet was, hoeft u niets te doen: uw wachtwoord verandert niet.
        }

contact-verification = Bevestig dat dit adres e-mails over boekingen ontvangt
    .intro = Een organisatie bij { $url } heeft dit e-mailadres als contactadres opgegeven. We sturen e-mails over haar boekingen hierheen als u daarmee instemt.
    .call = Als u deze e-mails wilt ontvangen, open dan deze link om dat te bevestigen:
    .outro =
        { $days ->
            [one] De link is één dag geldig. Als u deze e-mails niet wilt ontvangen, hoeft u niets te doen: we sturen geen andere e-mail naar dit adres.
           *[other] De link is { $days } dagen geldig. Als u deze e-mails niet wilt ontvangen, hoeft u niets te doen: we sturen geen andere e-mail naar dit adres.
        }

# The organization is named only to a verified address.
membership-invitation =
    { $about ->
        [none] Uitnodiging voor een organisatie
       *[other] { $about } nodigt u uit
    }
    .intro =
        { $about ->
            [none] Een organisatie bij { $url } nodigt u uit om lid te worden.
           *[other] { $about } nodigt u uit om lid te worden bij { $url }.
        }
    .call = Open deze link om de uitnodiging te bekijken en te aanvaarden:
    .outro = De link is { $days } dagen geldig. Als u geen lid wilt worden, hoeft u niets te doen.

certification-invitation =
    { $about ->
        [none] Een organisatie wil u certificeren
       *[other] { $about } wil u certificeren
    }
    .intro =
        { $about ->
            [none] Een organisatie bij { $url } wil vastleggen dat u op haar machines bent opgeleid.
           *[other] { $about } wil bij { $url } vastleggen dat u op haar machines bent opgeleid.
        }
    .call = Open deze link om de certificering te bekijken en te aanvaarden:
    .outro = De link is { $days } dagen geldig. Als u de certificering niet wilt, hoeft u niets te doen.

new-address = Bevestig uw nieuwe e-mailadres
    .intro = Iemand heeft dit e-mailadres opgegeven als het nieuwe adres van een account bij { $url }.
    .call = Als u dat was, open dan deze link om te bevestigen dat het adres van u is:
    .outro =
        { $hours ->
            [one] De link is één uur geldig. Als u het niet was, hoeft u niets te doen: het account houdt zijn adres.
           *[other] De link is { $hours } uur geldig. Als u het niet was, hoeft u niets te doen: het account houdt zijn adres.
        }

address-change = Uw e-mailadres wordt gewijzigd
    .intro = Iemand die uw wachtwoord kent, wil het e-mailadres van uw account bij { $url } wijzigen in { $about }. Het adres verandert wanneer de e-mail wordt bevestigd die we daarheen hebben gestuurd.
    .call = Als u het niet was, stel dan nu een nieuw wachtwoord in. Dat annuleert ook de wijziging. Open deze link:
    .outro = Als u het was, hoeft u hier niets te doen.
