// Hands the visitor's decision in Shopify's own banner (Customer Privacy API) to Dangol.
(() => {
  const tell = (update) => window.dangol?.consent(update);
  document.addEventListener("visitorConsentCollected", ({ detail }) => {
    tell({ analytics: !!detail.analyticsAllowed, personalization: !!detail.preferencesAllowed, marketing: !!detail.marketingAllowed });
  });
  window.Shopify?.loadFeatures?.([{ name: "consent-tracking-api", version: "0.1" }], (error) => {
    const privacy = window.Shopify.customerPrivacy;
    if (error || !privacy) return;
    // What nobody has decided on is allowed where the law of the place lets it be; where it is not, it is no denial yet.
    const decided = privacy.currentVisitorConsent?.() ?? {};
    const update = {};
    const look = (purpose, allowed, decision) => {
      if (allowed || decision === "no") update[purpose] = !!allowed;
    };
    look("analytics", privacy.analyticsProcessingAllowed(), decided.analytics);
    look("personalization", privacy.preferencesProcessingAllowed(), decided.preferences);
    look("marketing", privacy.marketingAllowed(), decided.marketing);
    if (Object.keys(update).length) tell(update);
  });
})();
