# Mails about accounts. They name no user whose address is not verified: the name may be an advertisement.

verification = Bestätigen Sie Ihre E-Mail-Adresse
    .intro = Jemand hat mit dieser E-Mail-Adresse ein Konto bei { $url } angelegt.
    .call = Wenn Sie das waren, öffnen Sie diesen Link und bestätigen Sie, dass die Adresse Ihnen gehört:
    .outro =
        { $hours ->
            [one] Der Link gilt eine Stunde. Wenn Sie es nicht waren, tun Sie nichts: Ohne Ihre Bestätigung kann niemand das Konto verwenden.
           *[other] Der Link gilt { $hours } Stunden. Wenn Sie es nicht waren, tun Sie nichts: Ohne Ihre Bestätigung kann niemand das Konto verwenden.
        }

password-reset = Wählen Sie ein neues Passwort
    .intro = Jemand hat ein neues Passwort für Ihr Konto bei { $url } angefordert.
    .call = Wenn Sie das waren, öffnen Sie diesen Link und wählen Sie ein neues Passwort:
    .outro =
        { $minutes ->
            [one] Der Link gilt eine Minute und funktioniert einmal. Wenn Sie es nicht waren, tun Sie nichts: Ihr Passwort ändert sich nicht.
           *[other] Der Link gilt { $minutes } Minuten und funktioniert einmal. Wenn Sie es nicht waren, tun Sie nichts: Ihr Passwort ändert sich nicht.
        }

contact-verification = Bestätigen Sie, dass diese Adresse E-Mails zu Buchungen erhält
    .intro = Eine Organisation bei { $url } hat diese E-Mail-Adresse als ihren Kontakt angegeben. Wir senden E-Mails zu ihren Buchungen hierher, wenn Sie zustimmen.
    .call = Wenn Sie diese E-Mails erhalten möchten, öffnen Sie diesen Link und bestätigen Sie:
    .outro =
        { $days ->
            [one] Der Link gilt einen Tag. Wenn Sie diese E-Mails nicht möchten, tun Sie nichts: Wir senden keine weitere E-Mail an diese Adresse.
           *[other] Der Link gilt { $days } Tage. Wenn Sie diese E-Mails nicht möchten, tun Sie nichts: Wir senden keine weitere E-Mail an diese Adresse.
        }

# The organization is named only to a verified address.
membership-invitation =
    { $about ->
        [none] Einladung in eine Organisation
       *[other] { $about } lädt Sie ein
    }
    .intro =
        { $about ->
            [none] Eine Organisation bei { $url } lädt Sie ein, Mitglied zu werden.
           *[other] { $about } lädt Sie ein, bei { $url } Mitglied zu werden.
        }
    .call = Um die Einladung anzusehen und anzunehmen, öffnen Sie diesen Link:
    .outro = Der Link gilt { $days } Tage. Wenn Sie nicht Mitglied werden möchten, tun Sie nichts.

certification-invitation =
    { $about ->
        [none] Eine Organisation möchte Sie zertifizieren
       *[other] { $about } möchte Sie zertifizieren
    }
    .intro =
        { $about ->
            [none] Eine Organisation bei { $url } möchte festhalten, dass Sie an ihren Maschinen geschult wurden.
           *[other] { $about } möchte bei { $url } festhalten, dass Sie an ihren Maschinen geschult wurden.
        }
    .call = Um die Zertifizierung anzusehen und anzunehmen, öffnen Sie diesen Link:
    .outro = Der Link gilt { $days } Tage. Wenn Sie die Zertifizierung nicht möchten, tun Sie nichts.

new-address = Bestätigen Sie Ihre neue E-Mail-Adresse
    .intro = Jemand hat diese E-Mail-Adresse als neue Adresse eines Kontos bei { $url } eingegeben.
    .call = Wenn Sie das waren, öffnen Sie diesen Link und bestätigen Sie, dass die Adresse Ihnen gehört:
    .outro =
        { $hours ->
            [one] Der Link gilt eine Stunde. Wenn Sie es nicht waren, tun Sie nichts: Das Konto behält seine Adresse.
           *[other] Der Link gilt { $hours } Stunden. Wenn Sie es nicht waren, tun Sie nichts: Das Konto behält seine Adresse.
        }

address-change = Ihre E-Mail-Adresse wird geändert
    .intro = Jemand, der Ihr Passwort kennt, möchte die E-Mail-Adresse Ihres Kontos bei { $url } in { $about } ändern. Die Adresse ändert sich, wenn die E-Mail bestätigt wird, die wir dorthin gesendet haben.
    .call = Wenn Sie das nicht waren, setzen Sie jetzt ein neues Passwort. Das bricht auch die Änderung ab. Öffnen Sie diesen Link:
    .outro = Wenn Sie das waren, müssen Sie hier nichts tun.
