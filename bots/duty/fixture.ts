import { type Catalog, indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import type { DutyConfig } from '../../core/catalog/schema-guardians.ts'
import type { Actor } from '../andon/andon.ts'

/** For tests of duty and reviews: people, and their configuration. The desks over real findings: test/duty-house.ts. */

const names = ['aki', 'ben', 'chika', 'dan', 'emi', 'fumi', 'gen', 'hana']
const capital = (id: string) => id.charAt(0).toUpperCase() + id.slice(1)

export function catalogOf({
  duty = {},
  guardians = {},
  ...more
}: {
  duty?: object
  guardians?: object
  [key: string]: unknown
} = {}): Catalog {
  const people = names.map((id) => ({ id, name: capital(id), locale: id === 'chika' ? 'ja' : 'en', teams: ['core'] }))
  const blocks = { duty: { people: names, zone: 'Asia/Tokyo', ...duty }, guardians: { fallback: 'hana', ...guardians } }
  return indexCatalog(configSchema.parse({ people, ...blocks, ...more }))
}
export const dutyOf = ({ config }: Catalog): DutyConfig => config.duty as DutyConfig

export const actorOf = (id: string, more: Partial<Actor> = {}): Actor => ({
  ...{ id, name: capital(id), via: 'api', locale: 'en', rank: 'anyone' },
  ...more,
})
