# Mails about certifications and trainings.

subject-of-certification = { $word }: { $kind }
subject-of-training = { $word }: { $training }, { $span }

certification-granted = Gecertificeerd
    .intro = { $organization } heeft u gecertificeerd voor { $kind }. U kunt nu de machines bedienen waarvoor deze certificering vereist is.
    .call = U hoeft niets te doen. Uw certificeringen bekijken:

certification-revoked = Certificering ingetrokken
    .intro = { $organization } heeft uw certificering voor { $kind } ingetrokken. U kunt de machines waarvoor deze certificering vereist is, niet meer bedienen.
    .call = Als u de reden niet kent, vraag het dan aan { $organization }. Opnieuw een training volgen:

certification-expires = Certificering verloopt
    .intro = Uw certificering voor { $kind } door { $organization } verloopt binnenkort. Daarna kunt u de machines waarvoor deze certificering vereist is, niet meer bedienen.
    .call = Vraag het aan { $organization } of volg een training om de certificering te vernieuwen:

seat-taken = Uw plaats
    .intro = U hebt een plaats in { $training } van { $organization }. Kom op tijd. Als u deelneemt, certificeert { $organization } u voor { $kind }.
    .call = Als uw plannen veranderen, geef dan hier uw plaats vrij, zodat iemand anders haar kan krijgen:

seat-cancelled = Plaats vrijgegeven
    .intro = U hebt geen plaats meer in { $training } van { $organization }.
    .call = Als u toch wilt deelnemen, kijk dan of er een plaats vrij is:

seat-removed = Plaats teruggenomen
    .intro = { $organization } heeft uw plaats in { $training } teruggenomen.
    .call = Als u de reden niet kent, vraag het dan aan { $organization }. Een andere training zoeken:

seat-reminder = Herinnering
    .intro = { $training } van { $organization } begint binnenkort. U hebt een plaats.
    .call = Als uw plannen zijn veranderd, geef dan hier uw plaats vrij, zodat iemand anders haar kan krijgen:

seat-training_changed = Training gewijzigd
    .intro = { $training } van { $organization }, waarin u een plaats hebt, is gewijzigd.
    .call = De bijlage werkt uw agenda bij. Als u niet kunt komen, geef dan hier uw plaats vrij:

seat-training_cancelled = Training geannuleerd
    .intro = { $organization } heeft { $training } geannuleerd. U had daar een plaats.
    .call = Een andere training zoeken:

attendance = Aanwezigheid vastleggen
    .intro = { $training } is voorbij. Leg vast wie heeft deelgenomen: alle deelnemers worden meteen gecertificeerd.
    .call = De aanwezigheid vastleggen:
