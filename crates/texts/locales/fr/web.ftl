# Les textes du site web.

web-nav =
    .skip = Aller au contenu
    .label = Menu principal
    .home = Vers l’accueil
    .find = Chercher
    .bookings = Mes réservations
    .manage = Gérer
    .sign-in = Se connecter
    .sign-out = Se déconnecter
    .about = Des entreprises partagent machines, surfaces et stockage inutilisés avec des start-ups.
    .api = Pour les programmes : l’API

web-front =
    .title = Machines, surfaces et stockage à l’heure
    .lead = Trouvez une machine près de chez vous, voyez quand elle est libre et ce qu’elle coûte, et réservez-la tout de suite.
    .start-up = Les start-ups réservent le temps dont elles ont besoin et ne paient que cela.
    .firm = Les entreprises gagnent de l’argent avec des machines à l’arrêt, selon leurs propres règles.
    .makerspace = Les makerspaces voient qui utilise quelle machine, et quand.
    .some = Proposé en ce moment

web-catalogue =
    .title = Chercher machines, surfaces et stockage
    .q = Mots recherchés
    .kind = Type
    .any = Tous
    .search = Chercher
    .nothing = Rien n’a été trouvé.
    .more = Afficher la suite

web-kind =
    .machine = Machine
    .floor_space = Surface
    .storage = Stockage

web-unit =
    .unit = unités
    .m2 = m²
    .pallet = palettes
    .shelf = rayons
    .m3 = m³

web-length =
    .minutes =
        { $count ->
            [one] { $count } minute
           *[other] { $count } minutes
        }
    .hours =
        { $count ->
            [one] { $count } heure
           *[other] { $count } heures
        }
    .days =
        { $count ->
            [one] { $count } jour
           *[other] { $count } jours
        }

web-weekday =
    .mon = Lundi
    .tue = Mardi
    .wed = Mercredi
    .thu = Jeudi
    .fri = Vendredi
    .sat = Samedi
    .sun = Dimanche

web-rate =
    .hour = { $amount } l’heure
    .day = { $amount } par jour
    .booking = { $amount } par réservation

web-price =
    .day = { $amount } pour un jour, si c’est moins cher
    .week = { $amount } pour une semaine, si c’est moins cher
    .month = { $amount } pour un mois, si c’est moins cher
    .minimum = Au moins { $amount } par réservation
    .set-up = { $amount } une fois pour la mise en route
    .deposit = Une caution de { $amount }, qui vous est rendue
    .bands = Certaines heures ont d’autres prix ; chaque horaire ci-dessous indique le sien.
    .discounts = Il y a des remises ; le prix affiché avant la réservation comprend la vôtre.
    .donation = L’hôte offre quelques heures par mois.
    .includes-vat = Dont TVA, { $percent } %
    .total = Total

web-extra =
    .booking = { $amount } par réservation
    .unit = { $amount } par unité
    .hour = { $amount } l’heure
    .day = { $amount } par jour

web-rule =
    .lengths = Une réservation dure de { $shortest } à { $longest }.
    .starts = Elle commence à { $times }.
    .grid = Elle commence toutes les { $length } à partir de minuit.
    .grid-from-opening = Elle commence toutes les { $length } à partir de l’ouverture.
    .shifts = Une réservation est l’un des créneaux fixes ci-dessous.
    .notice = Réservez au moins { $length } à l’avance.
    .horizon = Réservez au plus { $length } à l’avance.
    .approval = L’hôte approuve chaque réservation.
    .payment = Le paiement d’abord : l’hôte confirme la réservation à sa réception.
    .certifications = La personne qui utilise la machine doit avoir : { $names }.
    .check-in = Signalez votre arrivée au plus { $length } après le début, sinon la réservation prend fin.
    .cut-off = Annulez ou déplacez une réservation au moins { $length } avant son début.
    .cancellation-fee = Une annulation moins de { $length } avant le début coûte { $percent } % du prix.
    .some-customers = Seuls certains clients peuvent réserver.

web-resource =
    .out-of-order = Hors service
    .fault =
        { $until ->
            [none] Hors service : { $reason }
           *[other] Hors service jusqu’au { $until } : { $reason }
        }
    .withheld = La réservation n’est pas possible actuellement.
    .prices = Prix
    .rules = Règles
    .terms = Conditions de l’hôte :
    .hours = Heures d’ouverture
    .free = Horaires libres
    .free-to-move = Choisissez le nouvel horaire
    .timezone = Tous les horaires sont en heure locale de
    .day = À partir du
    .length = Durée
    .quantity = Quantité
    .show = Afficher
    .earlier = Plus tôt
    .later = Plus tard
    .other-time = Choisir un autre horaire
    .from = Début
    .to = Fin
    .go-on = Continuer

web-free =
    .closed = Fermé
    .past = Passé
    .too-soon = Trop tôt pour réserver
    .too-far = Pas encore réservable
    .taken = Aucun horaire libre de cette durée

web-terms =
    .version = Version

web-sign-in =
    .title = Se connecter
    .email = Adresse e-mail
    .password = Mot de passe
    .code = Code de votre authentificateur, ou un code de secours
    .button = Se connecter
    .forgot = Demander un nouveau mot de passe

web-account =
    .title = Créer un compte
    .about = Nous envoyons un e-mail avec un lien qui confirme votre adresse. Il vous le faut avant de réserver.
    .name = Votre nom
    .password = Choisissez un mot de passe
    .button = Créer le compte
    .has-one = J’ai un compte

web-organization =
    .title = Ajouter une organisation
    .about = Une organisation réserve et paie : votre start-up, votre entreprise ou vous-même.
    .name = Nom de l’organisation
    .kind = Type
    .startup = Start-up
    .firm = Entreprise
    .makerspace = Makerspace
    .button = Ajouter

web-book =
    .title = Réserver
    .deposit = S’y ajoute une caution, qui vous est rendue :
    .violations = Ceci ne peut pas être réservé ainsi :
    .sign-in = Connectez-vous pour réserver. Vous reviendrez ensuite ici.
    .needs-organization = Vous réservez au nom d’une organisation, et vous n’en avez pas encore.
    .organization = Au nom de
    .operator = Utilisateur de la machine
    .extras = Suppléments
    .coupon = Code promo (pour cette réservation seule, ni répétée ni dans un travail)
    .note = Message à l’hôte
    .accept = J’accepte :
    .book = Réserver et payer
    .request = Demander et payer
    .hold = Retenir pour un moment
    .price = Recalculer le prix

web-policy =
    .title = Annuler et déplacer
    .until = Vous pouvez annuler ou déplacer jusqu’au { $until }.
    .fee = Après le { $after }, une annulation coûte { $fee }.

web-status =
    .held = Retenue
    .requested = Demandée
    .confirmed = Confirmée
    .in_use = En cours
    .completed = Terminée
    .no_show = Non utilisée
    .cancelled = Annulée
    .declined = Refusée
    .expired = Expirée

web-bookings =
    .title = Mes réservations
    .next = À venir
    .past = Passées
    .nothing = Il n’y a aucune réservation.
    .parties = { $customer } chez { $host }

web-booking =
    .time = Horaire
    .place = Lieu
    .customer = Client
    .quantity = Quantité
    .expires = Prend fin sans confirmation le
    .check-in-by = Arrivée au plus tard
    .note = Message
    .reason = Motif
    .owed = À payer
    .contact = Contact
    .host-moves = L’hôte a approuvé cette réservation. Pour la déplacer, demandez-le à l’hôte, ou annulez-la et réservez de nouveau.

web-next =
    .held = L’horaire vous est réservé. Confirmez la réservation avant son terme.
    .held-host = L’horaire est retenu un moment pour le client.
    .requested = L’hôte a été sollicité et répondra par e-mail.
    .requested-host = Le client attend votre réponse.
    .confirmed = La réservation est confirmée.
    .in-use = La réservation est en cours. Signalez votre départ quand vous avez fini.
    .over = Il n’y a rien à faire.

web-move =
    .confirm = Confirmer la réservation
    .approve = Approuver la demande
    .decline = Refuser la demande
    .cancel = Annuler la réservation
    .check-in = Signaler l’arrivée
    .check-out = Signaler le départ
    .no-show = Personne n’est venu
    .pay = Payer par carte
    .reschedule = Choisir un autre horaire
    .reason = Motif (facultatif)

web-reschedule =
    .title = Déplacer la réservation
    .old-time = Actuellement
    .new-time = Nouveau
    .about = Avant tout prix plus élevé, votre accord est demandé.
    .dearer = À cet horaire, la réservation coûte plus cher :
    .button = Déplacer

web-pay =
    .title = Payer par carte
    .about = Le paiement se fait chez Stripe. Vous revenez ici ensuite.
    .button = Payer
    .back = Retour

web-alternative = { $resource } : { $time }, { $price }
    .title = Libre à la place :

web-manage =
    .title = Gérer
    .nothing = Vous ne gérez encore aucune organisation.
    .day = Jour
    .site = Site
    .waiting = En attente de votre réponse
    .nothing-waits = Aucune demande n’attend de réponse.
    .due = À faire : arrivée ou départ
    .no-site = L’organisation n’a pas encore de site.
    .timeline = Toutes les ressources, heure par heure
    .resource = Ressource
    .status = État
    .bookings = Réservations du jour
    .blocked = Bloqué

web-block =
    .link = Bloquer
    .title = Bloquer un horaire
    .about = Personne ne peut alors réserver. Les réservations restent : déplacez-les ou annulez-les d’abord.
    .reason = Motif, pour les membres de l’hôte uniquement
    .button = Bloquer l’horaire
    .about-out-of-order = Les clients ayant réservé sont prévenus, et personne ne réserve avant la remise en service.
    .out-of-order = Signaler hors service
    .in-order = Remis en service
    .edit = Modifier le blocage
    .remove = Supprimer le blocage
    .imported = Un calendrier importé a créé ce blocage. Modifiez l’événement dans ce calendrier, ou supprimez l’import.

# After a form of a block.
web-block-done =
    .saved = Le blocage est enregistré.

web-site =
    .title = Ajouter un site
    .name = Nom du site
    .line1 = Rue et numéro
    .line2 = Étage, portail (facultatif)
    .postal-code = Code postal
    .city = Ville
    .country = Pays, deux lettres comme FR
    .latitude = Latitude, par exemple 51.5155
    .longitude = Longitude, par exemple -0.0922
    .timezone = Fuseau horaire, par exemple Europe/Paris
    .hours-about = Des horaires comme 09:00-12:00, 13:00-17:00. Laissez vides les jours de fermeture.
    .access = Comment les clients entrent (clients confirmés uniquement)
    .contact = Personne de contact (clients confirmés uniquement)
    .hides-address = Ne montrer l’adresse exacte qu’aux clients confirmés
    .button = Ajouter le site

web-per =
    .hour = heure
    .day = jour
    .booking = réservation

web-listing =
    .title = Offres
    .new = Proposer une ressource
    .edit = Modifier
    .copy = Copier
    .what = La ressource
    .name = Nom
    .category = Catégorie, par exemple découpeuse laser
    .description = Description
    .quantity = Quantité disponible
    .unit = Unité
    .rate = Prix
    .per = par
    .currency = Devise, par exemple EUR
    .minimum = Prix minimum d’une réservation (facultatif)
    .deposit = Caution (facultatif)
    .grid = Une réservation commence toutes les … minutes
    .shortest = Réservation la plus courte, en minutes
    .longest = Réservation la plus longue, en minutes
    .buffer = Laissé libre après chaque réservation, en minutes
    .notice = Réservé au moins autant à l’avance, en minutes
    .horizon = Réservé au plus autant à l’avance, en jours
    .cut-off = Annulé au moins autant à l’avance, en minutes
    .approval = J’approuve chaque réservation
    .private = Seuls les membres de l’organisation la voient et la réservent
    .about = Un brouillon n’est vu que par votre organisation : regardez sa page, puis publiez-le.
    .draft = Brouillon
    .listed = Proposée
    .paused = En pause
    .retired = Retirée
    .button = Enregistrer et voir la page

web-openid =
    .title = Ou se connecter avec

web-me =
    .title = Mon compte
    .language = Langue des pages et des e-mails
    .browser-language = Pages selon le navigateur, e-mails en anglais
    .save = Enregistrer
    .more = Connexion, notifications et données
    .verified = vérifiée
    .not-verified = non vérifiée
    .change = Le changer
    .on = Activé
    .off = Désactivé
    .sessions = Où vous êtes connecté
    .identities = Comptes d’ailleurs avec lesquels vous vous connectez
    .notifications = Les e-mails que vous recevez
    .data = Tout télécharger, ou supprimer le compte
    .invitations = Invitations pour vous
    .accept = Accepter
    .organizations = Mes organisations
    .no-organization = Vous n’appartenez encore à aucune organisation. Créez-en une, ou demandez à un collègue de vous inviter.

web-me-done =
    .saved = Vos modifications sont enregistrées.
    .email = Nous avons envoyé un lien à la nouvelle adresse, et un avis à l’adresse actuelle si elle est vérifiée. Votre compte a la nouvelle adresse dès que vous ouvrez le lien.
    .verify = Nous avons renvoyé le lien.
    .password = Votre mot de passe est changé, et vos autres sessions sont terminées.
    .session = Déconnecté là-bas.
    .identity = Vous ne pouvez plus vous connecter avec lui.
    .factor-removed = Le second facteur est supprimé. Le mot de passe suffit pour se connecter.
    .accepted = Vous avez accepté l’invitation.
    .left = Vous avez quitté l’organisation.
    .closed = L’organisation est fermée.

web-me-email =
    .title = Adresse e-mail
    .present = Votre adresse est
    .not-verified = Vous ne l’avez pas encore vérifiée : ouvrez le lien dans l’e-mail que nous vous avons envoyé.
    .verify = Renvoyer le lien
    .about = Nous envoyons un lien à la nouvelle adresse, et un avis à l’adresse actuelle. Rien ne change avant que vous n’ouvriez le lien.
    .new = Nouvelle adresse
    .button = Envoyer le lien

web-me-password =
    .title = Mot de passe
    .about = Toutes vos autres sessions se terminent quand vous le changez.
    .current = Mot de passe actuel
    .new = Nouveau mot de passe, difficile à deviner
    .button = Changer le mot de passe
    .none = Pas encore de mot de passe, ou oublié ? Recevez un lien par e-mail

web-me-notifications =
    .title = Notifications
    .about = Les e-mails sur votre compte, et sur ce que d’autres changent à vos réservations, sont toujours envoyés.
    .kinds = E-mails que je veux
    .reminders = Me rappeler ce temps avant un début (trois au plus)

web-me-sessions =
    .title = Sessions
    .about = Chaque connexion est une session. Terminez celles que vous ne connaissez pas, puis changez votre mot de passe.
    .device = Programme
    .network = Réseau
    .began = Connexion
    .used = Dernière utilisation
    .current = Cette session
    .unknown = Programme inconnu
    .end = Terminer
    .end-others = Terminer toutes les autres sessions

web-me-identities =
    .title = Connexion avec d’autres comptes
    .about = Vous pouvez vous connecter ici avec un compte que vous avez ailleurs, comme celui de votre entreprise.
    .nothing = Aucun autre compte n’est lié.
    .provider = Fournisseur
    .linked = Lié
    .remove = Supprimer
    .providers = Pour en lier un, déconnectez-vous et connectez-vous avec lui. Il doit prouver l’adresse de ce compte. Vous pouvez lier des comptes chez :

web-me-factor =
    .title = Second facteur
    .about = Avec un second facteur, un code d’une application de votre téléphone est demandé à la connexion, en plus du mot de passe.
    .is-on = Le second facteur est activé.
    .is-off = Le second facteur est désactivé. Installez d’abord une application d’authentification sur votre téléphone.
    .change = Obtenir de nouveaux codes de secours, ou supprimer le second facteur
    .about-change = De nouveaux codes de secours remplacent les précédents. Dans une organisation qui exige un second facteur, vous ne pouvez rien faire sans lui.
    .renew = Obtenir de nouveaux codes de secours
    .remove = Supprimer le second facteur
    .begin = Configurer
    .setup-title = Configurer le second facteur
    .scan = Scannez cette image avec l’application.
    .picture = Code QR avec le secret pour l’application
    .type = Ou saisissez le secret dans l’application :
    .open = Ou ouvrez l’application sur cet appareil
    .prove = Saisissez le code que l’application affiche maintenant.
    .code = Code de l’application, 6 chiffres
    .confirm = Activer le second facteur
    .codes-title = Vos codes de secours
    .codes-about = Chacun de ces codes remplace une fois un code de l’application. Imprimez-les ou notez-les maintenant et gardez-les en lieu sûr : ils ne seront plus affichés.
    .codes-kept = Je les ai gardés

web-me-data =
    .title = Mes données
    .export = Télécharger vos données
    .about-export = Un fichier avec tout ce que le service conserve sur vous, en JSON, que d’autres programmes lisent.
    .download = Télécharger
    .about-delete = La page suivante dit ce que devient chaque chose, et demande votre mot de passe.
    .delete = Supprimer mon compte …

web-me-delete =
    .title = Supprimer votre compte
    .lead = C’est irréversible.
    .goes = Votre nom, votre adresse et toutes vos autres données sont supprimés, et toutes vos sessions se terminent.
    .leaves = Vous quittez vos organisations. Si vous êtes seul propriétaire de l’une d’elles, nommez d’abord un autre membre propriétaire, ou fermez-la.
    .stays = Les réservations de vos organisations restent. Elles gardent un identifiant au lieu de votre nom, comme les journaux d’audit. Les e-mails envoyés sont gardés quelques semaines.
    .button = Supprimer mon compte définitivement
    .keep = Garder mon compte
    .done = Votre compte est supprimé
    .gone = Merci d’avoir été des nôtres.

web-role =
    .owner = Propriétaire
    .manager = Gestionnaire
    .booker = Réservant

web-role-about =
    .owner = Propriétaire : fait tout, aussi pour les membres et l’organisation elle-même
    .manager = Gestionnaire : s’occupe des offres, calendriers, réservations, prix et formations
    .booker = Réservant : réserve et paie pour l’organisation

web-team =
    .title = Équipe
    .pages = Pages de l’organisation
    .data = Données de l’organisation
    .description = Description
    .website = Site web
    .contact = Adresse de contact
    .about-contact = Cette adresse reçoit aussi les e-mails sur les réservations. Nous lui envoyons d’abord un lien, pour qu’un lecteur accepte.
    .unproved = attend le lien que nous y avons envoyé
    .factor = Les membres ont besoin d’un second facteur
    .about-factor = Les membres qui n’en ont pas ne peuvent rien faire ici avant de l’avoir configuré. Il vous en faut d’abord un vous-même.
    .factor-yes = Nécessaire pour tous les membres
    .factor-no = Pas nécessaire
    .members = Membres
    .name = Nom
    .role = Rôle
    .since = Membre depuis
    .you = vous
    .invite = Inviter quelqu’un
    .about-invite = L’adresse reçoit un e-mail avec un lien, valable 14 jours.
    .send = Envoyer l’invitation
    .invitations = Invitations en attente
    .offer = Invité comme
    .sent = Envoyée
    .expires = Valable jusqu’au
    .expired = expirée
    .resend = Renvoyer
    .withdraw = Retirer
    .leave-link = Quitter l’organisation …
    .change-role = Changer le rôle
    .hand-over = Transmettre l’organisation
    .about-hand-over = Ce membre devient propriétaire, et vous devenez gestionnaire. Vous recevez tous deux un e-mail.
    .leave = Quitter l’organisation
    .about-leave = Vous ne pouvez plus agir pour elle. Les réservations où vous deviez utiliser la machine restent, et demandent un autre opérateur.
    .remove = Retirer de l’organisation
    .about-remove = Ce membre ne peut plus agir pour l’organisation. Les réservations restent ; celles où il devait utiliser la machine demandent un autre opérateur.
    .close = Fermer l’organisation
    .about-close = Ses offres sont retirées, ses invitations aussi, et tous les membres partent, vous compris. Les réservations passées, les factures et le journal d’audit restent. Les réservations et formations non terminées doivent d’abord être annulées.
    .keep = Garder l’organisation

web-team-done =
    .saved = Les modifications sont enregistrées.
    .invited = L’invitation est envoyée.
    .resent = L’invitation est renvoyée. L’ancien lien ne marche plus.
    .withdrawn = L’invitation est retirée.
    .role = Le rôle est changé.
    .hand-over = L’organisation est transmise. Vous êtes maintenant gestionnaire.
    .remove = Le membre est retiré.
    .revoked = La clé est révoquée. Sa prochaine requête est refusée.
    .shown-before = Ce formulaire a déjà été envoyé, et son secret a été affiché alors. Si vous ne l’avez pas gardé, faites-en un autre.
    .deleted = Le webhook est supprimé.
    .sending = L’envoi est en cours. Rechargez cette page pour voir le résultat.

web-keys =
    .title = Clés d’API
    .about = Un programme agit pour l’organisation avec une clé, dans les limites de la clé.
    .nothing = Il n’y a pas encore de clé.
    .begins = Commence par
    .scopes = Portées : ce que la clé peut faire
    .ends = Valable jusqu’au
    .unused = Jamais
    .revoked = Révoquée
    .expired = Expirée
    .for-ever = Sans fin
    .revoke = Révoquer
    .new = Créer une clé
    .name = Le programme qui l’utilise
    .valid = Valable pendant
    .made = Votre clé d’API
    .made-about = Copiez la clé dans votre programme maintenant : elle ne sera plus affichée.
    .kept = Je l’ai copié

web-webhooks =
    .title = Webhooks
    .about = Le service envoie les événements de l’organisation aux adresses de vos programmes.
    .nothing = Il n’y a pas encore de webhook.
    .url = Adresse
    .types = Événements à envoyer ; tous si vous n’en choisissez aucun
    .new = Ajouter un webhook
    .made = Le secret du webhook
    .made-about = Avec ce secret, votre programme vérifie qu’un événement vient d’ici. Copiez-le maintenant : il ne sera plus affiché.
    .on = Les événements sont envoyés
    .off = Désactivé
    .disabled = Désactivé, car le destinataire a échoué pendant trois jours
    .failing = Le destinataire échoue depuis
    .all-types = Tous
    .events = Événements
    .test = Envoyer un test
    .enable = Activer
    .disable = Désactiver
    .delete = Supprimer
    .deliveries = Envois récents
    .no-deliveries = Rien n’a encore été envoyé. Envoyez un test.
    .event = Événement
    .outcome = Résultat
    .waits = En attente
    .replay = Renvoyer

web-audit =
    .title = Journal d’audit
    .about = Tout ce qui a été changé, le plus récent d’abord. Les entrées sont seulement ajoutées, et signées. Les heures sont en UTC.
    .when = Quand
    .who = Qui
    .what = Quoi, par exemple booking ou booking.cancel
    .action = Action
    .object = Objet
    .from = Du jour
    .to = Au jour
    .detail = Détails
    .anybody = Tout le monde
    .key = Clé d’API
    .service = Le service
    .deleted = Un compte supprimé
    .nothing = Aucune entrée ne correspond.
    .export = Télécharger en lignes JSON
    .about-export = Le fichier contient les entrées de ces filtres, au plus les 10 000 dernières. D’autres programmes peuvent y vérifier chaque entrée.

web-mail-status =
    .queued = En attente
    .sent = Envoyé
    .failed = Abandonné

web-admin =
    .title = Installation
    .organizations = Organisations
    .users = Utilisateurs
    .mails = E-mails
    .facts = Événements en attente
    .resources = Offres
    .bookings = Réservations
    .money = Soldes de tous les hôtes ensemble
    .suspended-users = Utilisateurs suspendus
    .suspended-organizations = Organisations suspendues
    .queued-mails = E-mails en attente
    .failed-mails = E-mails abandonnés
    .pending-facts = Événements pas encore transmis
    .unreadable-facts = Événements illisibles
    .waiting-webhooks = Webhooks auxquels des événements restent à envoyer
    .failing-webhooks = Webhooks dont le destinataire échoue
    .disabled-webhooks = Webhooks désactivés
    .failing-imports = Importations de calendriers en échec
    .oldest = Événement le plus ancien en attente
    .recorded = Chaque consultation est inscrite au journal d’audit.
    .q = Nom, adresse e-mail ou identifiant
    .suspended = Suspendu
    .not-suspended = Non suspendu
    .closed = Fermé
    .created = Création
    .operator = Exploite l’installation
    .yes = Oui
    .reason = Raison, que les personnes concernées lisent dans un e-mail
    .suspend = Suspendre
    .about-organization = Ses offres sont masquées, elle ne reçoit et ne fait plus de réservations, et les listes d’attente de ses offres se terminent. Les réservations confirmées restent, et les deux parties peuvent les annuler. Factures et paiements continuent.
    .about-user = Toutes les sessions de l’utilisateur se terminent, et la connexion est refusée. Ses clés d’API et les liens dans les e-mails ne marchent plus. Les réservations restent.
    .reinstate = Rétablir
    .about-reinstate = Tout remarche comme avant. Les personnes concernées reçoivent un e-mail.
    .about-factor = Pour un utilisateur qui a perdu l’authentificateur et les codes de secours. Vérifiez d’abord que c’est bien cette personne : ensuite le mot de passe suffit. Toutes les sessions se terminent.
    .about-mails = Les e-mails des 30 derniers jours, sans leur texte. Un e-mail est retenté de lui-même, et abandonné après cinq jours.
    .about-facts = Un événement attend que les e-mails, webhooks et flux l’aient, normalement moins d’une seconde.
    .empty = Il n’y a rien ici.
    .recipient = Destinataire
    .subscriber = Attend
    .kind = Type
    .next-attempt = Prochain essai
    .attempts = Essais
    .error = Dernière erreur
    .retry = Réessayer

web-admin-done =
    .retried = Un nouvel essai est en cours.

# The pictures of a resource, for its host.
web-pictures =
    .title = Photos
    .resource = La page de la ressource
    .nothing = La ressource n’a pas encore de photo. On réserve plus volontiers ce que l’on voit : ajoutez-en une.
    .order = La première photo figure dans les listes.
    .description = Ce que montre la photo, pour les personnes qui ne la voient pas
    .save = Enregistrer le texte
    .up = Vers le début
    .down = Vers la fin
    .remove = Supprimer
    .add = Ajouter une photo
    .about = PNG, JPEG ou WebP de 10 Mo au plus. Le lieu et l’appareil indiqués dans le fichier ne sont pas conservés.
    .file = Photo
    .full = La ressource a 12 photos, le nombre maximal. Supprimez-en une avant d’en ajouter une autre.
# Les pages des clients : liste d’attente, séries, réservations groupées, factures, flux d’agenda.
web-waitlist =
    .title = Rejoindre la liste d’attente
    .taken = Ce créneau est pris.
    .about = Vous attendez un créneau dans cette période. Dès qu’il s’en libère un, vous recevez un e-mail, et le créneau vous est réservé pendant un certain temps. L’attente ne coûte rien.
    .answer = Délai pour répondre à une proposition :
    .sign-in = Connectez-vous pour rejoindre la liste d’attente. Cette page reprend ensuite où vous êtes.
    .from = Pas avant
    .to = Terminé avant
    .button = Rejoindre la liste d’attente

web-waits =
    .title = Liste d’attente
    .bookings = Réservations
    .within = { $length } dans la période { $time }
    .is-waiting = En attente
    .is-offered = Proposé
    .waiting =
        { $ahead ->
            [0] Vous êtes en tête de la file. Vous recevrez un e-mail dès qu’un créneau est libre.
            [one] Une autre demande passe avant la vôtre. Vous recevrez un e-mail dès qu’un créneau est libre.
           *[other] { $ahead } autres demandes passent avant la vôtre. Vous recevrez un e-mail dès qu’un créneau est libre.
        }
    .offered = Un créneau vous est réservé jusqu’au { $until }. Confirmez-le avant ; sinon, il est proposé au suivant.
    .look = Voir et confirmer la proposition
    .leave = Ne plus attendre

web-repeats =
    .daily =
        { $count ->
            [one] Tous les jours
           *[other] Tous les { $count } jours
        }
    .weekly =
        { $count ->
            [one] Toutes les semaines
           *[other] Toutes les { $count } semaines
        }
    .monthly =
        { $count ->
            [one] Tous les mois
           *[other] Tous les { $count } mois
        }

web-repeat =
    .title = Répéter une réservation
    .lead = Choisissez la fréquence. Vous voyez ensuite chaque date avec son prix avant de réserver.
    .button = Répéter
    .frequency = Répéter
    .interval = Une fois sur … seulement (1 : chaque fois)
    .weekdays = Ces jours, pour une répétition hebdomadaire
    .count = Nombre de réservations
    .until = Ou jusqu’au, au lieu du nombre (facultatif)
    .show = Afficher toutes les dates
    .dates = Les dates
    .price = Prix
    .free = Libre
    .refused = Impossible
    .taken = Ce créneau est pris.
    .all =
        { $all ->
            [one] La date est libre.
           *[other] Les { $all } dates sont libres.
        }
    .some = { $bookable } dates sur { $all } peuvent être réservées. Les autres sont omises.
    .none = Aucune de ces dates ne peut être réservée.
    .book =
        { $bookable ->
            [one] Réserver une date et payer
           *[other] Réserver { $bookable } dates et payer
        }
    .request =
        { $bookable ->
            [one] Demander une date et payer
           *[other] Demander { $bookable } dates et payer
        }

# Des réservations faites ensemble : une série ou un groupe.
web-together =
    .group =
        { $count ->
            [one] Une réservation pour un travail
           *[other] { $count } réservations pour un travail
        }
    .about-group = Réservées ensemble
    .bookings = Les réservations
    .other-time = Choisir un autre horaire
    .more = Toutes les réservations
    .pay = Tout payer par carte
    .confirm = Confirmer les options
    .approve = Accepter les demandes
    .decline =
        { $count ->
            [one] Refuser la demande
           *[other] Refuser les demandes
        }
    .cancel =
        { $count ->
            [one] Annuler la réservation restante
           *[other] Annuler toutes les réservations restantes
        }
    .from = À partir de cette réservation
    .skipped = Dates non réservées

web-job =
    .title = Réserver plusieurs choses à la fois
    .about = Tout est réservé, ou rien. Ajoutez ce qu’il faut pour le travail, puis réservez.
    .nothing = Rien n’est encore choisi. Cherchez quelque chose, choisissez un créneau, puis appuyez sur « Ajouter à un travail ».
    .add = Ajouter à un travail
    .more = Ajouter autre chose
    .change = Modifier
    .remove = Retirer
    .note = Message à tous les hôtes
    .book = Tout réserver et payer
    .refused = Modifiez ou retirez ce qui est impossible. Vous pourrez ensuite réserver.
    .aside =
        { $count ->
            [one] Vous avez mis une chose de côté pour un travail.
           *[other] Vous avez mis { $count } choses de côté pour un travail.
        }
    .back = Retour au travail

web-invoices =
    .title = Factures
    .forbidden = Les propriétaires et les gestionnaires d’une organisation voient ses factures. Vous n’êtes ni l’un ni l’autre.
    .payable = À payer par carte maintenant
    .received = Factures reçues
    .nothing = Il n’y a pas encore de facture. L’hôte en envoie une après vos réservations.
    .number = Numéro
    .host = De
    .issued = Date
    .due = Échéance
    .total = Montant
    .open = Reste à payer

web-invoice-kind =
    .invoice = Facture
    .credit_note = Avoir

web-invoice-state =
    .open = À payer
    .overdue = En retard
    .paid = Payée
    .credited = Créditée

web-feeds =
    .title = Flux d’agenda
    .about = Un programme d’agenda, sur un téléphone ou un ordinateur, peut afficher vos réservations : il s’abonne à une adresse que vous créez ici.
    .made = L’adresse du nouveau flux
    .once = Copiez-la maintenant : elle ne sera plus affichée. Toute personne qui a l’adresse voit les réservations.
    .list = Vos flux
    .own = Mes propres réservations
    .ended = Ne vous est plus accessible
    .used =
        { $used ->
            [none] Créé le { $created }, jamais lu
           *[other] Créé le { $created }, lu pour la dernière fois le { $used }
        }
    .delete = Supprimer ce flux
    .new = Nouveau flux
    .what = Les réservations de
    .button = Créer une adresse

# The kinds of certification of a host.
web-kinds =
    .title = Certifications
    .about = Une ressource peut exiger une certification de la personne qui l’utilise. Vous l’accordez à une personne, ou à toutes celles qui suivent une formation.
    .nothing = Il n’y a encore aucun type de certification. Ajoutez le premier ci-dessous.
    .kind = Certification
    .valid = Valable
    .for-ever = sans limite
    .never = N’expire pas
    .in-use = En usage
    .retired = Terminée : elle n’est plus accordée
    .new = Ajouter un type de certification
    .add = Ajouter
    .name = Nom, par exemple sécurité laser
    .description = Ce qui est enseigné et vérifié
    .days = Valable combien de jours (vide : sans limite)
    .owner = Définie par
    .grant = Certifier une personne
    .about-grant = La personne reçoit un e-mail. Une adresse sans compte reçoit une invitation, et la certification vaut dès que l’invitation est acceptée.
    .until = Dernier jour de validité, en UTC (vide : comme d’habitude)
    .held = Personnes certifiées
    .nobody = Personne n’est encore certifié.
    .person = Personne
    .granted = Accordée
    .expires = Expire
    .revoke = Retirer
    .reason = Motif, que la personne lit dans un e-mail (facultatif)
    .edit = Modifier
    .about-edit = Les certifications accordées ne changent pas.
    .retire = Terminer ce type
    .about-retire = Elle n’est plus accordée. Les personnes certifiées le restent. Aucune ressource ne doit l’exiger, et aucune formation ne doit être prévue pour elle.
    .restore = Utiliser de nouveau

web-kinds-done =
    .saved = La certification est enregistrée.
    .granted = La personne est certifiée.
    .invited = L’adresse n’a pas encore de compte : nous avons envoyé une invitation.
    .revoked = La certification est retirée.

web-certification =
    .valid = Valable
    .expired = Expirée
    .revoked = Retirée

web-certified =
    .title = Mes certifications
    .about = Ce que vous pouvez utiliser, et vos places en formation
    .nothing = Vous n’avez encore aucune certification. Prenez une place dans une formation.
    .seats = Mes places en formation
    .no-seat = Vous n’avez pas de place dans une formation à venir.

web-training-status =
    .scheduled = Prévue
    .held = Passée, présences notées
    .cancelled = Annulée

web-seat =
    .booked = A une place
    .attended = Présent
    .absent = Absent
    .cancelled = A rendu la place

# Trainings, for their host and for people who take a seat.
web-trainings =
    .title = Formations
    .coming = Formations à venir
    .all = Toutes les formations
    .none-coming = Aucune formation n’est prévue. Demandez à l’hôte.
    .nothing = Il n’y a pas de formation.
    .no-kind = Une formation mène à une certification. Ajoutez d’abord un type de certification.
    .training = Formation
    .new = Prévoir une formation
    .edit = Modifier la formation
    .about-edit = Les personnes qui ont une place gardent leur prix. Elles reçoivent un e-mail si l’heure, le lieu, le nom ou la personne qui enseigne change.
    .kind = Certification
    .name = Nom de la formation
    .description = Description : ce qu’il faut savoir et apporter
    .trainer = Formateur ou formatrice
    .zone = Les heures sont celles du site.
    .seats = Places
    .price = Prix
    .price-of-seat = Prix d’une place (vide : gratuit)
    .free = Gratuit
    .free-seats =
        { $count ->
            [one] { $count } place libre
           *[other] { $count } places libres
        }
    .full = Plus aucune place libre
    .about-full = Une place rendue est aussitôt libre ici.
    .public = La page pour les participants
    .manage = Gérer cette formation
    .people = Personnes qui ont une place
    .nobody = Personne n’a encore de place.
    .remove = Reprendre la place
    .reason = Motif, lu dans un e-mail (facultatif)
    .attendance = Présences
    .later = Vous les notez ici dès que la formation a commencé.
    .about-attendance = Les personnes présentes sont certifiées. Vous notez les présences une seule fois.
    .attended = Présents
    .record = Enregistrer les présences
    .cancel = Annuler la formation
    .about-cancel = Toutes les personnes qui ont une place reçoivent un e-mail. La facture d’une place est annulée par un avoir.
    .get-certified = Obtenez la certification dans une formation :
    .certified = Vous êtes certifié jusqu’au
    .take = Prendre une place
    .take-for-fee = Prendre une place payante
    .sign-in = Connectez-vous pour prendre une place.
    .about-price = Une organisation reçoit aussitôt une facture avec la TVA de l’hôte. Son crédit prépayé auprès de l’hôte est utilisé d’abord.
    .paid-with-prepaid = Payé avec le crédit prépayé
    .payer = Payé par
    .at-host = Moi, directement à l’hôte
    .your-seat = Vous avez une place
    .about-give-up = Si vous ne pouvez pas venir, rendez la place avant le début de la formation : d’autres attendent, et la facture est annulée.
    .give-up = Rendre la place

web-trainings-done =
    .saved = La formation est enregistrée.
    .attendance = Les présences sont enregistrées.
    .remove = La place est reprise.
    .cancel = La formation est annulée.
    .taken = Vous avez une place. Nous vous avons envoyé un e-mail avec un rendez-vous pour votre agenda.
    .given-up = Vous avez rendu la place.

# The fee and the deposit of a booking, for managers of the host.
web-charges =
    .title = Frais et caution
    .booking = Retour à la réservation
    .fee = Frais
    .waived = Frais annulés parce que
    .deposit = Caution
    .returned = Caution rendue
    .kept = Caution retenue
    .kept-for = { $amount } : { $reason }
    .waive = Annuler les frais
    .about-waive = Le client ne doit plus les frais et lit le motif dans un e-mail. Cela ne peut pas être repris.
    .reason = Motif
    .return = Rendre la caution
    .about-return = Vous rendez tout, ou retenez une partie avec un motif. Le client reçoit un e-mail. Une nouvelle restitution remplace la précédente.
    .keep = Montant que vous retenez
    .reason-kept = Motif, nécessaire si vous retenez une partie
    .early = Vous rendez la caution ici quand la réservation est terminée.

web-charges-done =
    .waive = Les frais sont annulés.
    .return = La restitution de la caution est enregistrée.

web-fee =
    .late_cancellation = annulation tardive
    .no_show = personne n’est venu
    .overrun = plus long que réservé

# A manager books for a customer.
web-offer =
    .link = Réserver pour un client
    .title = Réserver pour un client
    .about = L’heure est retenue pour le client, qui reçoit un e-mail et confirme la réservation dans un délai de
    .block = Bloquer plutôt l’heure
    .nobody = Vous pouvez réserver pour les clients qui ont déjà réservé chez vous ou accepté vos conditions. Il n’y en a pas encore.
    .customer = Client et personne
    .override = Motif pour déroger à une règle (seulement si nécessaire)
    .price = Prix, sans accord particulier avec le client :
    .button = Retenir pour le client

# The waitlist, as the host sees it.
web-waiting =
    .title = Liste d’attente
    .about = Dès qu’une heure se libère, le premier client à qui elle convient reçoit une offre par e-mail.
    .nobody = Personne n’attend.
    .window = Entre
    .ahead = Avant lui
    .waits = Attend
    .offered = A une offre

# The money that customers owe a host.
web-debts =
    .title = Factures
    .unpaid = Non payées
    .paid = Payées
    .owed = Dû par les clients
    .about-owed = Réservations confirmées et frais moins les paiements, facturés ou non.
    .amount = Montant
    .since = Depuis
    .invoices = Factures
    .none = Il n’y a pas de telle facture.
    .invoice = Facture
    .issued = Émise
    .due = Échéance
    .open = Reste à payer
    .reminded = Rappels envoyés
    .lines = Lignes de la facture
    .line = Ligne
    .net = Hors TVA
    .record = Enregistrer un paiement
    .about-record = Le client vous a payé en dehors de ce service.
    .method = Payé par
    .paid-on = Payé le
    .reference = Référence, par exemple celle de la banque (facultatif)

web-debts-done =
    .paid = Le paiement est enregistré.
    .issued = La facture est émise, et le client la reçoit par e-mail.

web-payment =
    .bank_transfer = Virement
    .cash = Espèces
    .card = Carte, sur votre terminal
    .other = Autrement

# The week of a site.
web-week =
    .tab = Semaine
    .title = Semaine d’un site
    .caption = Toutes les ressources, jour par jour
    .earlier = Semaine précédente
    .later = Semaine suivante
    .nothing = Le site n’a pas encore de ressource.

# Les chiffres d’un hôte.
web-month = { month } { $year }

web-figures =
    .title = Chiffres
    .month = Mois
    .from = Du
    .to = Au
    .by = Additionnés par
    .about = Les heures offertes sont celles des ressources proposées actuellement, selon leurs horaires et leur quantité d’aujourd’hui. Les durées sont multipliées par la quantité : une heure de trois machines compte trois heures.
    .nothing = Il n’y a encore rien à compter. Proposez d’abord une ressource :
    .hours = Heures
    .offered = Offertes
    .booked = Réservées
    .used = Utilisées
    .idle = Inoccupées
    .share = Part réservée
    .bookings = Réservations
    .no-shows = Absences
    .income = Revenus hors TVA
    .total = Total
    .table = Heures et revenus en tableau
    .about-hours = Des barres pour les heures offertes, réservées, utilisées et inoccupées. Le tableau ci-dessous donne les nombres.
    .about-own-hours = Des barres pour les heures offertes, réservées, utilisées et inoccupées, chaque ligne à sa propre échelle : sa plus longue barre prend toute la largeur. Le tableau ci-dessous donne les nombres.
    .about-income = Une barre pour chaque revenu. Le tableau ci-dessous donne les montants.
    .export = Télécharger en CSV

# L’importation de ressources à partir d’un tableau.
web-import =
    .title = Importer depuis un CSV
    .about = Un tableau a une ligne par ressource. Enregistrez-le comme CSV en UTF-8 ou copiez-le d’un tableur. Sont obligatoires kind, name, currency, rate et per ; les montants s’écrivent 24,50.
    .template = Télécharger un tableau à remplir
    .file = Fichier CSV, 500 ressources et 1 Mo au plus
    .table = Ou le tableau comme texte, que vous pouvez corriger ici
    .check = Voir les lignes
    .rows = Les lignes
    .row = Ligne
    .found = À importer, ou erreurs
    .ready = Lignes à importer : { $count }.
    .wrong = Lignes avec des erreurs : { $wrong } sur { $count }. Rien n’est importé tant que tout n’est pas correct.
    .draft = Sans statut, chaque ressource est d’abord un brouillon que seule votre organisation voit.
    .import = Importer toutes les lignes

# Les changements en direct sur la journée d’un site, et les formulaires dont l’objet a changé entre-temps.
web-live =
    .changed = Quelque chose a changé.
    .show = Afficher
    .updated = La page montre maintenant ce qui a changé.

web-changed =
    .title = Les différences
    .about = L’objet a changé depuis que vous avez ouvert le formulaire. Rien n’est encore enregistré. Comparez, corrigez le formulaire ci-dessous et enregistrez de nouveau.
    .field = Champ
    .stored = Enregistré maintenant
    .typed = Votre formulaire

# The timeline of a site, in which a manager drags bookings.
web-timeline =
    .about = Faites glisser une barre pour déplacer une réservation ou un blocage, ou son extrémité droite pour en changer la fin. Faites glisser sur un temps libre pour le réserver pour un client ou le bloquer. Si vous déplacez une réservation, son prix n’augmente pas. Le tableau et la liste ci-dessous permettent la même chose sans souris.
    .moved = La réservation a été déplacée :
    .price = Elle coûte maintenant
    .before = avant :
    .refused = La réservation n’a pas été déplacée.
    .failed = La réservation n’a pas été déplacée, car le service était injoignable. Réessayez.
    .moved-block = Le blocage a été déplacé :
    .refused-block = Le blocage n’a pas été déplacé.
    .failed-block = Le blocage n’a pas été déplacé, car le service était injoignable. Réessayez.
    .stays = Un blocage reste à sa ressource. Supprimez-le, et bloquez l’autre ressource.
    .leave = Laisser ainsi
    .free = Temps libre :
    .twice = { $time } deux fois
    .skipped = { $time } sautées

# The form that edits a site.
web-site-edit =
    .title = Modifier le site
    .sites = Sites
    .exceptions = Jours avec d’autres horaires
    .about-exceptions = Une ligne par jour : la date, les horaires, que vous omettez pour un jour fermé, et une raison entre parenthèses. Par exemple 2026-12-24 09:00-12:00 (veille de Noël).
    .outside = Si des réservations se trouvent hors des nouveaux horaires
    .closing = Ces réservations
    .reason = Raison, pour les clients des réservations annulées

web-closing =
    .refuse = Ne pas enregistrer, et signaler qu’il y en a
    .keep = Les garder
    .cancel = Les annuler
    .offer_alternatives = Les annuler, et proposer d’autres heures aux clients

# The form that issues an invoice, and the files of one.
web-issue =
    .title = Émettre une facture
    .about = Ces clients ont des réservations terminées qui ne figurent encore sur aucune facture. La facture les comprend toutes. Si un client doit moins que ce que vous avez facturé, un avoir le corrige.
    .days = Jours jusqu’à l’échéance (facultatif)
    .button = Émettre la facture
    .nothing = Toutes les réservations terminées figurent sur une facture.
    .pdf = Télécharger le PDF
    .xml = Télécharger le XML (UBL) pour les logiciels de comptabilité

# Finding what is near a place and free at a time, as a list and on a map.
web-found =
    .near = Près de
    .city = Ville, ou 51.5,-0.1
    .radius = Dans un rayon de
    .km = { $km } km
    .day = Libre le
    .from = De
    .to = À
    .distance = à { $km } km
    .book = Réserver { $time } pour { $price }
    .nothing-free = Rien de ce que vous cherchez n’est libre à ce moment.
    .any-time = Chercher sans horaire
    .near-me = Près de moi
    .no-position = Votre navigateur ne connaît pas votre position ou ne peut pas la donner. Saisissez une ville.
    .views = Manières d’afficher les résultats
    .list = Liste
    .map = Carte
    .map-of = Carte des lieux
    .zoom-in = Agrandir
    .zoom-out = Réduire
