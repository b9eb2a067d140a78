import type { Clock } from '../core/clock.ts'
import type { Aws } from './aws/aws.ts'
import type { Platform } from './platform.ts'
import type { PriceItem, Savings } from './prices.ts'

/**
 * What a guardian is made of. An inventory says how a kind of resource is read; a check judges one resource of it, purely; a
 * guardian is a folder of checks that run together as one Lambda. IAM policy, rate budget, documentation and registries are
 * generated from these declarations.
 */

/** English and Japanese. May name evidence in braces: `Unattached for {days} days`. */
export interface Words {
  en: string
  ja: string
}

export type Severity = 'low' | 'medium' | 'high'

/** An IAM action, as in a policy: `ec2:DescribeVolumes`. */
export type IamAction = `${string}:${string}`

/** Where a scan looks: one account in one region. What belongs to an account as a whole has region `global`; what is ours alone, account `platform`. */
export interface Target {
  account: string
  region: string
  /** `aws`, `aws-cn`, `aws-us-gov`. */
  partition: string
}

/** One thing that is judged. Rows keep only the fields that some check declares: there may be 100,000 of them. */
export interface Resource {
  /** Its ARN; an address of our own (`platform:pair/orders`) for what is not of AWS. Unique within its inventory and target. */
  arn: string
  /** What people call it. */
  name?: string
  /** From its tags; absent: none of the owner tags is set. See `ownerIn`. */
  owner?: string
}

/** All that an inventory may ask. */
export interface Sources {
  target: Target
  /** Of this target. Every call is paced, counted and held against what the inventory declares. */
  aws: Aws
  /** What our own configuration and journal know; null without a controller or a configuration. */
  platform: Platform | null
  clock: Clock
  settings: ScanSettings
  signal?: AbortSignal
}

export interface ScanSettings {
  /** Tags that name an owner, the first that is set counts. */
  ownerTags: readonly string[]
}

export interface InventoryPage<Row> {
  rows: Row[]
  /** Opaque; given back for the next page, perhaps by another process. Absent: this was the last. */
  next?: string
}

export interface Inventory<Row extends Resource = Resource> {
  id: string
  /** Of which kind, told to people. */
  title: Words
  /** `region`: read in each region. `account`: once per account. `platform`: once, without AWS. */
  scope: 'region' | 'account' | 'platform'
  /** Every IAM action that `page` may use. */
  calls: readonly IamAction[]
  /** One page. A scan is resumable between pages. Whatever AWS refuses is thrown as it came from `sources.aws`. */
  page(sources: Sources, token: string | undefined): Promise<InventoryPage<Row>>
}

export const defineInventory = <Row extends Resource>(id: string, spec: Omit<Inventory<Row>, 'id'>): Inventory<Row> => ({ id, ...spec })

/** What has to be asked about each resource one by one, or some at a time. A refusal makes the verdict of those rows `unknown`. */
export interface Detail<Row extends Resource, Value> {
  id: string
  calls: readonly IamAction[]
  /** How many rows `get` takes at once. Default 1. */
  atOnce?: number
  /** By ARN. A row that is missing in the answer is unknown (`no answer`). */
  get(sources: Sources, rows: readonly Row[]): Promise<ReadonlyMap<string, Value>>
}

export const defineDetail = <Row extends Resource, Value>(id: string, spec: Omit<Detail<Row, Value>, 'id'>): Detail<Row, Value> => ({
  id,
  ...spec,
})

/** A metric of CloudWatch, asked for up to 500 at a time for all checks of a page. */
export interface Metric<Row extends Resource> {
  namespace: string
  metric: string
  stat: 'Sum' | 'Average' | 'Maximum' | 'Minimum' | 'SampleCount' | `p${number}`
  /** Seconds; as long as the verdict allows (86,400 where days are compared): each datapoint is transferred. */
  periodS: number
  /** The window ends at the last full period. A number, or which option says it. */
  days: number | { option: string }
  /** Null: this row has no such metric, its series is empty. */
  dimensions(row: Row): Readonly<Record<string, string>> | null
  /** What it means when CloudWatch has no datapoint: `zero` where the service writes only what happens, else `unknown`. */
  absent: 'zero' | 'unknown'
}

/** One value per period, oldest first. With `absent: 'zero'` gaps are zeros; else they are left out, and an empty one is never judged. */
export interface Series {
  /** Epoch ms, the beginning of each period. */
  at: readonly number[]
  values: readonly number[]
}

/** Default, unit and source of a threshold; people override it in the configuration. */
export interface Option<Value = number | string | boolean | readonly string[]> {
  default: Value
  unit?: string
  /** Who says so: `AWS Trusted Advisor`, `Prowler`; `ours` for a default of our own. */
  source: string
}

/** Flat, for people and machines. Units in the names: `idleDays`, `sizeGiB`. Lists are short (at most 20 entries). */
export type Evidence = Readonly<Record<string, string | number | boolean | null | readonly (string | number)[]>>

export type Verdict =
  | { verdict: 'pass' }
  | {
      verdict: 'fail'
      /** Key of the check's `says`. */
      reason: string
      evidence: Evidence
      /** When it is not that of the check. */
      severity?: Severity
      savings?: Savings | null
    }
  /** `missing`: the permission (`ec2:DescribeVolumes`) or the answer that was not there. */
  | { verdict: 'unknown'; missing: string }

export const pass: Verdict = { verdict: 'pass' }
export const fail = (reason: string, evidence: Evidence, more: { severity?: Severity; savings?: Savings | null } = {}): Verdict => ({
  verdict: 'fail',
  reason,
  evidence,
  ...more,
})
export const unknown = (missing: string): Verdict => ({ verdict: 'unknown', missing })

type OptionTable = Readonly<Record<string, Option>>
type OptionValues<Options extends OptionTable> = { readonly [K in keyof Options]: Widened<Options[K]['default']> }
type Widened<T> = T extends number ? number : T extends boolean ? boolean : T extends string ? string : T
// biome-ignore lint/suspicious/noExplicitAny: a table of details of the same row, each with its own value
type DetailTable<Row extends Resource> = Readonly<Record<string, Detail<Row, any>>>
// biome-ignore lint/suspicious/noExplicitAny: a table of inventories, each with its own row
type ReadTable = Readonly<Record<string, Inventory<any>>>
type DetailValues<Details> = { readonly [K in keyof Details]: Details[K] extends Detail<never, infer Value> ? Value : never }
type ReadRows<Reads> = { readonly [K in keyof Reads]: Reads[K] extends Inventory<infer Row> ? readonly Row[] : never }

/** What a verdict may rest on, besides the row itself. */
export interface Basis<Options, Metrics, Details, Known> {
  /** Epoch ms, the same for a whole scan. */
  now: number
  target: Target
  options: Options
  metrics: { readonly [K in keyof Metrics]: Series }
  details: Details
  /** What `prepare` made of the other inventories. */
  known: Known
  /** What so many units cost in a month in this region. */
  savings(item: PriceItem, quantity: number): Savings
}

export interface CheckSpec<
  Row extends Resource,
  Options extends OptionTable,
  Metrics extends Readonly<Record<string, Metric<Row>>>,
  Details extends DetailTable<Row>,
  Reads extends ReadTable,
  Known,
> {
  /** Its number in the catalogue (docs/guardians.md). */
  number: number
  severity: Severity
  title: Words
  /** Why it matters: what happens to whom when nobody acts. One or two sentences. */
  why: Words
  /** What a person does about it. Commands, not advice, where there are some. */
  fix: Words
  /** Peers that have it; empty: nobody else. */
  peers: readonly string[]
  /** One line per reason of `fail`, with evidence in braces. */
  says: Readonly<Record<string, Words>>
  /** What is judged, row by row, as its pages come. */
  subject: Inventory<Row>
  options?: Options
  metrics?: Metrics
  details?: Details
  /** Other inventories of the same target, read whole before the first row. */
  reads?: Reads
  /** Once per target: an index over `reads`, so that a row costs no search. */
  prepare?(reads: ReadRows<Reads>): Known
  /** False: passes without asking for metrics and details. Cheap: it spares calls. */
  applies?(row: Row, basis: Pick<Basis<OptionValues<Options>, Metrics, never, Known>, 'now' | 'target' | 'options' | 'known'>): boolean
  judge(row: Row, basis: Basis<OptionValues<Options>, Metrics, DetailValues<Details>, Known>): Verdict
  /** Runbook that mends it, with approval; absent: people do. */
  runbook?: string
}

// biome-ignore lint/suspicious/noExplicitAny: checks of all rows stand in one registry; the engine hands each what it declared
export type Check = { id: string } & CheckSpec<any, any, any, any, any, any>

/**
 * One check: one file, with its table of examples beside it (`checkTable`).
 * @throws nothing; `judge` is pure, a throw of it is told as `unknown`.
 */
export const defineCheck = <
  Row extends Resource,
  // biome-ignore lint/complexity/noBannedTypes: no options, metrics, details or reads
  Options extends OptionTable = {},
  // biome-ignore lint/complexity/noBannedTypes: as above
  Metrics extends Readonly<Record<string, Metric<Row>>> = {},
  // biome-ignore lint/complexity/noBannedTypes: as above
  Details extends DetailTable<Row> = {},
  // biome-ignore lint/complexity/noBannedTypes: as above
  Reads extends ReadTable = {},
  Known = undefined,
>(
  id: string,
  spec: CheckSpec<Row, Options, Metrics, Details, Reads, Known>,
): { id: string } & CheckSpec<Row, Options, Metrics, Details, Reads, Known> => ({ id, ...spec })

export interface Guardian {
  id: string
  title: Words
  checks: readonly Check[]
}

export const defineGuardian = (id: string, spec: { title: Words; checks: readonly Check[] }): Guardian => ({ id, ...spec })
