# Mails about accounts. They name no user whose address is not verified: the name may be an advertisement.

verification = Confirmez votre adresse e-mail
    .intro = Quelqu’un a créé un compte avec cette adresse e-mail sur { $url }.
    .call = Si c’était vous, ouvrez ce lien pour confirmer que l’adresse est la vôtre :
    .outro =
        { $hours ->
            [one] Le lien est valable une heure. Si ce n’était pas vous, ne faites rien : personne ne peut utiliser le compte sans votre confirmation.
           *[other] Le lien est valable { $hours } heures. Si ce n’était pas vous, ne faites rien : personne ne peut utiliser le compte sans votre confirmation.
        }

password-reset = Choisissez un nouveau mot de passe
    .intro = Quelqu’un a demandé un nouveau mot de passe pour votre compte sur { $url }.
    .call = Si c’était vous, ouvrez ce lien pour choisir un nouveau mot de passe :
    .outro =
        { $minutes ->
            [one] Le lien est valable une minute et fonctionne une fois. Si ce n’était pas vous, ne faites rien : votre mot de passe ne change pas.
           *[other] Le lien est valable { $minutes } minutes et fonctionne une fois. Si ce n’était pas vous, ne faites rien : votre mot de passe ne change pas.
        }

contact-verification = Confirmez que cette adresse reçoit les e-mails sur les réservations
    .intro = Une organisation sur { $url } a indiqué cette adresse e-mail comme contact. Nous enverrons ici les e-mails sur ses réservations si vous êtes d’accord.
    .call = Si vous voulez recevoir ces e-mails, ouvrez ce lien pour confirmer :
    .outro =
        { $days ->
            [one] Le lien est valable un jour. Si vous ne voulez pas ces e-mails, ne faites rien : nous n’enverrons pas d’autre e-mail à cette adresse.
           *[other] Le lien est valable { $days } jours. Si vous ne voulez pas ces e-mails, ne faites rien : nous n’enverrons pas d’autre e-mail à cette adresse.
        }

# The organization is named only to a verified address.
membership-invitation =
    { $about ->
        [none] Invitation dans une organisation
       *[other] { $about } vous invite
    }
    .intro =
        { $about ->
            [none] Une organisation sur { $url } vous invite à devenir membre.
           *[other] { $about } vous invite à devenir membre sur { $url }.
        }
    .call = Pour voir et accepter l’invitation, ouvrez ce lien :
    .outro = Le lien est valable { $days } jours. Si vous ne voulez pas devenir membre, ne faites rien.

certification-invitation =
    { $about ->
        [none] Une organisation veut vous certifier
       *[other] { $about } veut vous certifier
    }
    .intro =
        { $about ->
            [none] Une organisation sur { $url } veut enregistrer que vous avez été formé à ses machines.
           *[other] { $about } veut enregistrer sur { $url } que vous avez été formé à ses machines.
        }
    .call = Pour voir et accepter la certification, ouvrez ce lien :
    .outro = Le lien est valable { $days } jours. Si vous ne voulez pas la certification, ne faites rien.

new-address = Confirmez votre nouvelle adresse e-mail
    .intro = Quelqu’un a indiqué cette adresse e-mail comme nouvelle adresse d’un compte sur { $url }.
    .call = Si c’était vous, ouvrez ce lien pour confirmer que l’adresse est la vôtre :
    .outro =
        { $hours ->
            [one] Le lien est valable une heure. Si ce n’était pas vous, ne faites rien : le compte garde son adresse.
           *[other] Le lien est valable { $hours } heures. Si ce n’était pas vous, ne faites rien : le compte garde son adresse.
        }

address-change = Votre adresse e-mail va changer
    .intro = Une personne qui connaît votre mot de passe a demandé de remplacer l’adresse e-mail de votre compte sur { $url } par { $about }. L’adresse change quand l’e-mail que nous y avons envoyé est confirmé.
    .call = Si ce n’était pas vous, choisissez maintenant un nouveau mot de passe. Cela annule aussi le changement. Ouvrez ce lien :
    .outro = Si c’était vous, vous n’avez rien à faire ici.
