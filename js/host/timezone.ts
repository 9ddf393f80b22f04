/** The device's time zone, by its IANA name; UTC where the browser has no zone data. */
export function timezone(): string {
  try {
    // A page's first use of Intl takes a tenth of a second on a phone.
    const { Temporal } = globalThis as { Temporal?: { Now: { timeZoneId(): string } } };
    return Temporal?.Now.timeZoneId() || Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  } catch {
    return "UTC";
  }
}
