/** Hours of a month, as AWS reckons them. */
const hoursPerMonth = 730

const monthly = (usdPerHour: number): number => Math.round(usdPerHour * hoursPerMonth * 10_000) / 10_000

/** A list price by the hour, as price of a month: to be spread into a price. */
export const hourly = (usdPerHour: number, regions: Readonly<Record<string, number>> = {}) => ({
  usd: monthly(usdPerHour),
  regions: Object.fromEntries(Object.entries(regions).map(([region, usd]) => [region, monthly(usd)])),
})
