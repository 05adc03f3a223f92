// Fills in the position of the reader as the place of a search. The page works without it: then the reader types a place.
"use strict";

{
  const button = document.getElementById("near-me");
  const status = document.getElementById("near-me-status");
  // Browsers give positions only to pages that came over TLS or from this machine.
  button.hidden = !("geolocation" in navigator && window.isSecureContext);

  button.addEventListener("click", () => {
    status.textContent = "";
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        // To about 100 m, which is enough for a search.
        const degrees = [coords.latitude, coords.longitude].map((one) => one.toFixed(3));
        button.form.elements.namedItem("near").value = degrees.join(",");
        button.form.requestSubmit();
      },
      () => { status.textContent = status.dataset.text; },
      { timeout: 10000, maximumAge: 600000 },
    );
  });
}
