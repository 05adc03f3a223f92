# The pages behind the links in mails. The value of a message is a title, or a line in a list.

page-verify-email = Confirmez votre adresse e-mail
    .text = Appuyez sur le bouton si vous avez créé un compte avec cette adresse e-mail.
    .button = Confirmer l’adresse
    .done = Votre adresse e-mail est confirmée. Vous pouvez maintenant réserver et proposer des ressources.

page-verify-contact = Confirmez l’adresse de contact
    .text = Appuyez sur le bouton si vous voulez recevoir à cette adresse les e-mails sur les réservations de l’organisation.
    .button = Recevoir les e-mails
    .done = L’adresse est confirmée. Les e-mails sur les réservations de l’organisation y seront envoyés.

page-confirm-email = Confirmez votre nouvelle adresse e-mail
    .text = Appuyez sur le bouton si vous voulez utiliser cette adresse e-mail pour votre compte.
    .button = Utiliser la nouvelle adresse
    .done = Votre compte a maintenant la nouvelle adresse. Utilisez-la pour vous connecter.

page-reset-password = Choisissez un nouveau mot de passe
    .text = Toutes les sessions du compte se terminent quand vous choisissez un nouveau mot de passe.
    .button = Enregistrer le mot de passe
    .done = Le mot de passe est enregistré. Connectez-vous avec lui.

page-forgot-password = Demandez un nouveau mot de passe
    .text = Si l’adresse a un compte, nous enverrons un e-mail avec un lien pour choisir un nouveau mot de passe.
    .button = Envoyer l’e-mail
    .done = Si l’adresse a un compte, l’e-mail est en route.

page-invitation = Invitation
    .certification = { $organization } certifie la personne qui a l’adresse { $email } : { $kind }.
    .membership = { $organization } invite la personne qui a l’adresse { $email } à devenir membre avec ce rôle : { $role ->
        [owner] propriétaire
        [manager] gestionnaire
       *[booker] réservant
    }.
    .create = L’adresse n’a pas encore de compte confirmé. Accepter l’invitation en crée un.
    .button = Accepter l’invitation
    .button-create = Créer le compte et accepter
    .done = Vous avez accepté l’invitation.

page-input =
    .new-password = Nouveau mot de passe
    .password = Choisissez un mot de passe
    .name = Votre nom
    .email = Adresse e-mail
    .reason = Motif (facultatif)

page-booking =
    { $count ->
        [one] Réservation
       *[other] Réservations
    }

# $alone says whether the booking was rescheduled without the rest of its series.
page-booking-line = { $slot }, pour { $customer } : { $status ->
        [held] retenue
        [requested] demandée
        [confirmed] confirmée
        [in_use] en cours
        [completed] terminée
        [no_show] absence
        [cancelled] annulée
        [declined] refusée
       *[expired] expirée
    }.{ $alone ->
        [yes] { " " }Déplacée sans le reste de la série.
       *[no] { "" }
    }

page-slot = { $resource }, { $time }{ $quantity ->
        [1] { "" }
       *[other] , quantité { $quantity }
    }, { $price }

page-proposal = { $by } propose : { $slot }.
    .until = La réservation reste telle quelle jusqu’à ce que l’autre partie accepte. La proposition expire le { $until }.
    .message = Message : { $message }
    .violation = Une règle n’est pas respectée : { $rule }.
    .accept = Accepter la proposition
    .decline = Refuser la proposition
    .withdraw = Retirer la proposition

page-move =
    .confirm = Confirmer
    .approve = Approuver
    .decline = Refuser
    .cancel = Annuler

page-pay = Payer par carte
    .text = Vous payez { $amount } sur une page de Stripe.
    .link = Continuer vers la page de Stripe

page-paid = Merci
    .text = Le paiement est demandé à votre banque. Vous recevrez un e-mail sur votre réservation. Vous pouvez fermer cette page.

page-not-paid = Sans paiement
    .text = Vous n’avez pas payé, et rien n’a été débité de votre carte. Tant que la réservation est retenue pour vous, vous pouvez réessayer.

page-account-link-expired = Le lien n’est plus valable
    .text = Un lien vers la page de Stripe s’ouvre une seule fois, pendant quelques minutes. Reliez de nouveau votre compte pour obtenir un nouveau lien.

page-account-answered = Merci
    .text = Stripe vérifie vos réponses. Votre compte indique quand il peut recevoir des paiements. Vous pouvez fermer cette page.

page-next-bookings = Vos prochaines réservations
    .none = Il n’y en a pas.

page-certifications = Vos certifications
    .line = { $kind } de { $organization } : { $status ->
        [valid] valable
        [expired] expirée
       *[revoked] retirée
    }{ $until ->
        [none] { "" }
       *[other] , jusqu’au { $until }
    }.

page-certification-kind = Une certification de { $organization }.

page-mails = Vos e-mails
    .text = Choisissez les e-mails que vous voulez recevoir. Les e-mails sur votre compte et sur les changements par d’autres sont toujours envoyés.
    .button = Enregistrer
    .done = Votre choix est enregistré.
    .reminders = Une de mes réservations ou formations commence bientôt
    .requests = Demandes de réservation et paiements attendus
    .bookings = Quelqu’un a réservé auprès de mon organisation
    .changes = Une réservation est déplacée ou manquée, ou une ressource est hors service
    .overruns = Une réservation est terminée et encore en cours d’utilisation
    .waitlist = Mes inscriptions sur les listes d’attente
    .certifications = Certifications et formations

page-training = { $time } : { $status ->
        [scheduled] prévue
        [held] terminée
       *[cancelled] annulée
    }. Places libres : { $free }.
    .text = Choisissez qui a participé. Ces personnes sont certifiées ; toutes les autres sont enregistrées comme absentes. Vous ne pouvez le faire qu’une fois.
    .button = Enregistrer les présences
    .done = Les présences sont enregistrées.
