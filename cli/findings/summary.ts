import type { z } from 'zod'
import type { summarySchema } from '../../guardians/findings/wire.ts'
import { dayTime, type Paint } from '../render.ts'

type Summary = z.infer<typeof summarySchema>

const money = (usd: number) => usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const holesShown = 10

/** How it stands, in 80 columns. */
export function summaryLines(summary: Summary, paint: Paint): string[] {
  const { open, high, medium, low, usdPerMonth, byStatus, guardians, busFactor, precision, lastScan } = summary
  const lines = [
    paint(
      high > 0 ? 'red' : open > 0 ? 'yellow' : 'green',
      `${open} open: ${high} high, ${medium} medium, ${low} low; $${money(usdPerMonth)} a month`,
    ),
    paint('gray', `${byStatus.asked} asked, ${byStatus.muted} muted, ${byStatus.wrong} voted wrong, ${byStatus.fixed} fixed`),
  ]
  if (guardians.some((one) => one.open > 0)) lines.push('', 'guardian            high  medium   low    $/month')
  for (const one of guardians.filter((each) => each.open > 0))
    lines.push(
      `${one.guardian.padEnd(18)}  ${pad(one.high, 4)}  ${pad(one.medium, 6)}  ${pad(one.low, 4)}  ${pad(money(one.usdPerMonth), 9)}`,
    )
  const fixed = summary.trend.reduce((sum, day) => sum + day.fixed, 0)
  lines.push('', `In ${summary.trend.length} days ${fixed} fixed, ${summary.trend.reduce((sum, day) => sum + day.opened, 0)} new.`)
  if (busFactor.topTwoShare !== null)
    lines.push(`The two who fix most did ${Math.round(busFactor.topTwoShare * 100)} % of ${busFactor.fixes} fixes.`)
  for (const { check, decided, wrong } of precision.slice(0, 3)) lines.push(`${check}: voted wrong ${wrong} of ${decided} times.`)
  return [...lines, '', ...coverageLines(lastScan, paint)]
}

const pad = (value: number | string, width: number) => String(value).padStart(width)

function coverageLines({ endedAt, places, complete, unknown, unknownCount, cost }: Summary['lastScan'], paint: Paint): string[] {
  if (endedAt === null) return [paint('yellow', 'No guardian has reported yet (jidoka guardians run --send).')]
  const whole = complete === places && unknownCount === 0
  const lines = [
    `Last look ${dayTime(endedAt)}: ${cost.calls} calls, $${cost.usd.toFixed(2)}.`,
    paint(
      whole ? 'green' : 'yellow',
      whole
        ? 'All of it was looked at.'
        : complete < places
          ? `Not all was looked at: ${complete} of ${places} places to their end.`
          : `All ${places} places were read to their end, but not all could be judged. What was missing:`,
    ),
  ]
  for (const { check, account, region, missing, resources } of unknown.slice(0, holesShown))
    lines.push(`  ${check}  ${account} ${region}  ${missing}${resources === null ? '' : ` (${resources} resources)`}`)
  if (unknownCount > holesShown) lines.push(paint('gray', `  and ${unknownCount - holesShown} more`))
  return lines
}
