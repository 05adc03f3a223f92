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
    .city = Ville
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
    .coupon = Code promo
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
    .back = Retour à la réservation

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

web-site =
    .title = Ajouter un site
    .name = Nom du site
    .line1 = Rue et numéro
    .line2 = Étage, portail (facultatif)
    .postal-code = Code postal
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
