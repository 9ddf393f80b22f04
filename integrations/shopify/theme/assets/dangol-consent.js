// Hands the visitor's decision in Shopify's own banner (Customer Privacy API) to Dangol.
(() => {
  const tell = ({ analyticsAllowed, preferencesAllowed, marketingAllowed }) => {
    window.dangol?.consent({ analytics: !!analyticsAllowed, personalization: !!preferencesAllowed, marketing: !!marketingAllowed });
  };
  document.addEventListener("visitorConsentCollected", ({ detail }) => tell(detail));
  window.Shopify?.loadFeatures?.([{ name: "consent-tracking-api", version: "0.1" }], (error) => {
    const privacy = window.Shopify.customerPrivacy;
    if (error || !privacy) return;
    tell({
      analyticsAllowed: privacy.analyticsProcessingAllowed(),
      preferencesAllowed: privacy.preferencesProcessingAllowed(),
      marketingAllowed: privacy.marketingAllowed(),
    });
  });
})();
