# Mails to hosts about payments by card that need them.

card-refund-failed = Een terugbetaling van { $amount } heeft { $customer } niet bereikt
    .intro = De bank heeft een terugbetaling van { $amount } teruggestuurd die voor { $resource } op de kaart van { $customer } moest worden betaald.
    .call = Betaal het bedrag op een andere manier, bijvoorbeeld per overschrijving, en leg de betaling vast. De boeking bekijken:
    .outro = De dienst probeert de kaart niet opnieuw.

card-disputed = { $customer } betwist een betaling van { $amount }
    .intro = { $customer } heeft bij de eigen bank { $amount } teruggevraagd, met de kaart betaald voor { $resource }. De bank houdt het geld tot zij beslist.
    .call = Stuur de beheerder van deze dienst wat de boeking en het gebruik bewijst, zodat hij de bank op tijd kan antwoorden. De boeking bekijken:
    .outro = Als de bank de klant gelijk geeft, is de klant u het bedrag weer verschuldigd.

card-declined = De kaart van { $customer } is geweigerd
    .intro = { $customer } heeft voor { $resource } een kaart opgeslagen. De bank heeft geweigerd daarvan { $amount } te betalen, die { $customer } u verschuldigd is.
    .call = Spreek met { $customer } af hoe er wordt betaald. Op de pagina van de boeking kan ook met een kaart worden betaald. De boeking bekijken:
    .outro = De dienst probeert de opgeslagen kaart niet opnieuw.
