import type { Finding, FindingFilter, FindingsDesk } from '../desk.ts'
import type { FindingView } from './wire.ts'

/** All findings as a stream: a page is in memory at a time, and the next is read when somebody takes it. */

const pageRows = 200

export type Format = 'json' | 'csv'
export const contentTypes: Record<Format, string> = { json: 'application/json', csv: 'text/csv; charset=utf-8' }

export function exported(
  desk: Pick<FindingsDesk, 'list'>,
  filter: FindingFilter,
  format: Format,
  view: (finding: Finding) => FindingView,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const parts = texts(desk, filter, format, view)
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await parts.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await parts.return()
    },
  })
}

async function* texts(
  desk: Pick<FindingsDesk, 'list'>,
  filter: FindingFilter,
  format: Format,
  view: (finding: Finding) => FindingView,
): AsyncGenerator<string, void> {
  yield format === 'json' ? '{"items":[' : `${columns.join(',')}\r\n`
  for (let after: string | undefined; ; ) {
    const page = await desk.list(filter, { limit: pageRows, after })
    const views = page.map(view)
    const comma = after === undefined || views.length === 0 ? '' : ','
    yield format === 'json' ? comma + views.map((one) => JSON.stringify(one)).join(',') : views.map(row).join('')
    after = page.at(-1)?.id
    if (page.length < pageRows) break
  }
  if (format === 'json') yield ']}'
}

const columns = [
  ...['id', 'status', 'severity', 'guardian', 'check', 'title', 'account', 'region', 'resource', 'name', 'says', 'usdPerMonth'],
  ...['owner', 'askedTo', 'dueAt', 'firstSeenAt', 'lastSeenAt', 'regressions'],
]

function row({ told, savings, owner, ask, ...one }: FindingView): string {
  const values = [
    ...[one.id, one.status, one.severity, one.guardian, one.check, told.title, one.account, one.region, one.resource, one.name ?? ''],
    ...[told.says, savings?.usdPerMonth ?? '', owner?.name ?? '', ask?.to ?? '', ask?.dueAt ?? ''],
    ...[one.firstSeenAt, one.lastSeenAt, one.regressions],
  ]
  return `${values.map(cell).join(',')}\r\n`
}

/** RFC 4180. What a spreadsheet would take for a formula is made a text: names and tags are written by others. */
export function cell(value: string | number): string {
  const text = typeof value === 'number' ? String(value) : value.replace(/^[=+\-@\t\r]/, "'$&")
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
