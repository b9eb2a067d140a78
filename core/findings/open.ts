import type { Context } from '../journal/context.ts'
import type { Statements } from '../store/statements/all.ts'
import type { Driver, Tx } from '../store/transaction.ts'
import { changeFindings, findingOf, scanOf } from './change.ts'
import type { FindingQuery, FindingStore } from './finding.ts'

export interface FindingParts {
  driver: Driver
  sql: Statements
  write<Result>(body: (context: Context) => Tx<Result>): Promise<Result>
}

const pageLimit = 1_000
const trendLimit = 20_000

/** The findings, over a driver. */
export function openFindings<Data, Scan>({ driver, sql, write }: FindingParts): FindingStore<Data, Scan> {
  const s = sql.findings
  return {
    change: (look, decide) => write((context) => changeFindings(context, look, decide)),
    async get(id) {
      const [row] = await driver.read(s.byId, { id })
      return row ? findingOf(row) : null
    },
    async list(query, { limit, after }) {
      const [last] = after === undefined ? [] : await driver.read(s.byId, { id: after })
      const { to, ...values } = valuesOf(query)
      const page = { after: last?.sort ?? '', limit: Math.min(limit, pageLimit) }
      const found =
        to === values.from ? driver.read(s.list.one, { ...values, ...page }) : driver.read(s.list.many, { ...values, to, ...page })
      return (await found).map((row) => findingOf<Data>(row))
    },
    count: async (query) => (await driver.read(s.count, valuesOf(query)))[0]?.n ?? 0,
    nextAt: async () => (await driver.read(s.nextAt, {}))[0]?.at ?? null,
    fixedBy: (run, { limit, after = '' }) => driver.read(s.fixedBy, { run, after, limit: Math.min(limit, pageLimit) }),
    scans: async ({ limit, after = '' }) =>
      (await driver.read(s.scans, { after, limit: Math.min(limit, pageLimit) })).map((row) => scanOf<Scan>(row)),
    async trend(since) {
      const [before] = await driver.read(s.before, { since })
      return { before: before ?? null, scans: await driver.read(s.trend, { since, limit: trendLimit }) }
    },
    sums: () => driver.read(s.sums, {}),
    votes: () => driver.read(s.votes, {}),
    fixers: async (since) =>
      (await driver.read(s.fixers, { since })).flatMap(({ person, fixes }) => (person === null ? [] : [{ person, fixes }])),
  }
}

const valuesOf = ({
  classes: [from, to],
  status,
  guardian,
  check,
  account,
  region,
  severity,
  owner,
  newSince,
  dueBefore,
}: FindingQuery) => ({
  ...{ from, to, status: status ?? null, guardian: guardian ?? null, check: check ?? null, account: account ?? null },
  ...{ region: region ?? null, severity: severity ?? null, owner: owner ?? null, newSince: newSince ?? null, dueBefore: dueBefore ?? null },
})
