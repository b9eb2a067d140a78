import type { Catalog } from '../../core/catalog/catalog.ts'
import { fault } from '../../core/errors.ts'
import type { Ask, Owner } from '../desk.ts'
import type { ReportedFinding } from '../report.ts'

/** Whose a resource is, and which person is asked about it. Nothing is guessed: what fits two fits nobody. */
export interface Owners {
  /** By its tag, else by the catalogue, else the fallback; null: not even that is configured. */
  of(reported: Pick<ReportedFinding, 'resource' | 'name' | 'owner'>): Owner | null
  /** A person or team by id, name, title or e-mail, in whatever case; null: nobody, or more than one. */
  match(words: string): Pick<Owner, 'name' | 'kind'> | null
  /** Throws `owner-unknown`. */
  personFor(owner: Pick<Owner, 'name' | 'kind'> | null): Pick<Ask, 'to' | 'via'>
  /** Of these words, which somebody says. Throws `owner-unknown` when they name nobody. */
  named(words: string): Pick<Ask, 'to' | 'via'> & { owner: Owner }
  isIn(person: string, team: string): boolean
  /** Where their day is. */
  zoneOf(person: string): string
}

/** `personOf`: who is asked for a team, the one on call; null: nobody is. */
export function openOwners({ config }: Catalog, personOf: (team: string) => string | null): Owners {
  const { guardians, people, teams, components } = config
  const names = nameTable()
  for (const { id, name, email } of people) for (const word of [id, name, email]) names.add(word, { name: id, kind: 'person' })
  const titles = new Map(teams.map(({ id, title }) => [id, title]))
  for (const id of new Set([...titles.keys(), ...people.flatMap((person) => person.teams)]))
    for (const word of [id, titles.get(id)]) names.add(word, { name: id, kind: 'team' })
  const owned = ownedNames()

  /** Of the words as written in a tag or in the configuration. */
  const ownerOf = (words: string, by: Owner['by']): Owner => ({ ...(names.find(words) ?? { name: words, kind: 'words' }), by })
  const byPrefix = (word: string) => guardians.owners.find(({ match }) => word.startsWith(match))?.owner

  function nameTable() {
    const known = new Map<string, Pick<Owner, 'name' | 'kind'> | null>()
    return {
      add(word: string | undefined, owner: Pick<Owner, 'name' | 'kind'>) {
        if (!word) return
        const before = known.get(folded(word))
        const same = before === undefined || (before?.name === owner.name && before.kind === owner.kind)
        known.set(folded(word), same ? owner : null)
      },
      find: (words: string) => known.get(folded(words)) ?? null,
    }
  }

  /** Components, their members, and pairs of stores: by their names in an address of ours, or as a resource is called. */
  function ownedNames(): Map<string, string> {
    const found = new Map<string, string>()
    for (const { id, owner, members } of components)
      if (owner) for (const name of [id, ...members.map((member) => member.id)]) found.set(name, owner)
    for (const { id, owner } of guardians.pairs) if (owner) found.set(id, owner)
    return found
  }

  function catalogued(resource: string, name: string | null): string | undefined {
    const prefixed = byPrefix(resource) ?? (name === null ? undefined : byPrefix(name))
    if (prefixed !== undefined) return prefixed
    const words = resource.startsWith('platform:') ? resource.split(/[:/]/).slice(1) : name === null ? [] : [name]
    return words.map((word) => owned.get(word)).find((owner) => owner !== undefined)
  }

  function fallback(problem: string): Pick<Ask, 'to' | 'via'> {
    if (guardians.fallback === undefined) throw fault('owner-unknown', { problem })
    return { to: guardians.fallback, via: 'fallback' }
  }

  function personFor(owner: Pick<Owner, 'name' | 'kind'> | null): Pick<Ask, 'to' | 'via'> {
    if (owner === null) return fallback('no owner is known, and no fallback is configured.')
    if (owner.kind === 'person') return { to: owner.name, via: owner.name === guardians.fallback ? 'fallback' : 'owner' }
    if (owner.kind === 'words') return fallback(`"${owner.name}" is nobody of the configuration.`)
    const onCall = personOf(owner.name)
    return onCall === null ? fallback(`nobody is on call for the team ${owner.name}.`) : { to: onCall, via: 'team' }
  }

  return {
    of({ resource, name, owner }) {
      if (owner?.trim()) return ownerOf(owner.trim(), 'tag')
      const known = catalogued(resource, name)
      if (known !== undefined) return ownerOf(known, 'catalogue')
      return guardians.fallback === undefined ? null : ownerOf(guardians.fallback, 'fallback')
    },
    match: (words) => names.find(words),
    personFor: (owner) => personFor(owner),
    named(words) {
      const found = names.find(words)
      if (!found) throw fault('owner-unknown', { problem: `"${words}" is nobody of the configuration, or more than one.` })
      return { ...(found.kind === 'person' ? { to: found.name, via: 'named' as const } : personFor(found)), owner: { ...found, by: 'ask' } }
    },
    isIn: (person, team) => people.find(({ id }) => id === person)?.teams.includes(team) ?? false,
    zoneOf: (person) => people.find(({ id }) => id === person)?.zone ?? guardians.zone,
  }
}

/** As two people would take it for the same: width, case, gaps and a leading @ are no difference. */
const folded = (words: string) => words.normalize('NFKC').trim().replace(/^@/, '').replace(/\s+/g, ' ').toLowerCase()
