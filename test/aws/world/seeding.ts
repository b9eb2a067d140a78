import { CloudWatchClient, type MetricDatum, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { dayMs } from '../../../guardians/resource.ts'
import type { Moto } from '../moto.ts'
import type { Told } from './told.ts'

/** What the pieces of the world are made with. */
export interface Seeding {
  moto: Moto
  /** A client of moto, the same for all pieces. */
  client<Client>(type: new (settings: never) => Client): Client
  /** Ids of what was made, by name: `polaris-gw-1` -> `i-…`. */
  ids: Map<string, string>
  id(name: string): string
  /** One value at noon of each of so many full days before today. */
  daily(of: Measured, value: number, days?: number): void
  /** One value in each of so many hours before this one. */
  hourly(of: Measured, value: number, hours?: number): void
  /** What moto does not know; the front answers with it. */
  told: Told
}

export type Measured = readonly [namespace: string, metric: string, dimensions: Readonly<Record<string, string>>]

/** What a scan has to say of one check in this world: these by name, and nothing else. */
export interface Expected {
  check: string
  /** Name by name, its reason. */
  fails: Readonly<Record<string, string>>
  /** Looked at, and found in order. */
  passes: readonly string[]
  /** Mends all that fails, as its owner would. */
  mend?(): Promise<unknown>
}

/** One part of the company. */
export interface Piece {
  /** Months ago. */
  past?(world: Seeding): Promise<void>
  /** Now. */
  today?(world: Seeding): Promise<void>
  expected(world: Seeding): Expected[]
}

/** What CloudWatch takes in one call. */
const datumsMax = 1_000

export function seedingOf(moto: Moto, told: Told): Seeding & { measured(): Promise<void> } {
  const clients = new Map<unknown, unknown>()
  const ids = new Map<string, string>()
  const datums = new Map<string, MetricDatum[]>()
  const today = Math.floor(Date.now() / dayMs) * dayMs
  const put = ([namespace, metric, dimensions]: Measured, value: number, at: number) => {
    const datum: MetricDatum = {
      ...{ MetricName: metric, Value: value, Timestamp: new Date(at) },
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    }
    datums.set(namespace, [...(datums.get(namespace) ?? []), datum])
  }
  const client: Seeding['client'] = (type) => {
    if (!clients.has(type)) clients.set(type, moto.client(type))
    return clients.get(type) as never
  }
  return {
    ...{ moto, client, ids, told },
    id(name) {
      const id = ids.get(name)
      if (id === undefined) throw new Error(`nothing of this name was made: ${name}`)
      return id
    },
    daily(of, value, days = 15) {
      for (let day = 1; day <= days; day += 1) put(of, value, today - day * dayMs + dayMs / 2)
    },
    hourly(of, value, hours = 4) {
      const hour = Math.floor(Date.now() / 3_600_000)
      for (let back = 1; back <= hours; back += 1) put(of, value, (hour - back) * 3_600_000 + 60_000)
    },
    async measured() {
      for (const [Namespace, all] of datums)
        for (let from = 0; from < all.length; from += datumsMax)
          await client(CloudWatchClient).send(new PutMetricDataCommand({ Namespace, MetricData: all.slice(from, from + datumsMax) }))
      datums.clear()
    },
  }
}

/** Tags as most services take them: a name, and who owns it. */
export const tagsOf = (name: string, owner: string, more: Readonly<Record<string, string>> = {}) =>
  Object.entries({ Name: name, owner, ...more }).map(([Key, Value]) => ({ Key, Value }))
