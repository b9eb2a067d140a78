import type { Catalog } from '../../core/catalog/catalog.ts'
import type { PersonConfig } from '../../core/catalog/schema-people.ts'
import type { Actor, Locale, Person, Via } from './andon.ts'
import { clean } from './text.ts'

/** Finds people of the configuration. Never guesses: what fits two people fits nobody. */
export function peopleOf({ config }: Catalog) {
  const byId = new Map(config.people.map((person) => [person.id, person]))
  const bySlack = uniquely(config.people, ({ slack }) => slack)
  const byName = uniquely(config.people, ({ name }) => folded(name))
  const configured = (ref: string): PersonConfig | null => {
    // As the chat writes a mention, as people write it, as we do.
    const plain = ref
      .trim()
      .replace(/^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/, '$1')
      .replace(/^@/, '')
      .replace(/^slack:/, '')
    return byId.get(plain) ?? bySlack.get(plain) ?? byName.get(folded(plain)) ?? null
  }
  return {
    configured,
    bySlack: (slack: string) => bySlack.get(slack) ?? null,
    /** For commands; also people of the chat who are not configured (`slack:U…`), under the name given (`slack:U…/Name`). */
    person(ref: string): Person | null {
      const found = configured(ref)
      if (found) return { id: found.id, name: found.name }
      const { id, name } =
        /^(?<id>(?:slack:[UW][A-Z0-9]{1,30}|token:[^\s/].{0,99}?|drill:[a-z]+))(?:\/(?<name>.{1,80}))?$/.exec(ref)?.groups ?? {}
      return id === undefined ? null : { id, name: clean(name ?? id.slice(id.indexOf(':') + 1), 80) }
    },
    actor(found: PersonConfig | null, unknown: { id: string; name: string; locale?: Locale }, via: Via): Actor {
      const { id, name } = found ?? unknown
      return {
        id,
        name,
        via,
        locale: found?.locale ?? unknown.locale ?? config.andon.locale,
        rank: found && mayApprove(found) ? 'approver' : 'anyone',
      }
    },
    /** Everybody, unless the configuration names those who may. Programs with a token and the house itself always may. */
    mayPull({ id, via }: Actor): boolean {
      const { pullers } = config.andon
      if (pullers.length === 0 || via === 'engine' || id.startsWith('token:')) return true
      return pullers.includes(`person:${id}`) || (byId.get(id)?.teams ?? []).some((team) => pullers.includes(`team:${team}`))
    },
    /** Of the team that answers for the component: these may always decide about its runs. */
    owns: (person: string, component: string): boolean => {
      const owner = config.components.find(({ id }) => id === component)?.owner
      return owner !== undefined && (byId.get(person)?.teams.includes(owner) ?? false)
    },
    members: (team: string) => config.people.filter((person) => person.teams.includes(team)),
  }

  function mayApprove({ id, teams }: PersonConfig): boolean {
    const { approvers } = config.andon
    return approvers.includes(`person:${id}`) || teams.some((team) => approvers.includes(`team:${team}`))
  }
}
/** What two people have names nobody. */
function uniquely(people: readonly PersonConfig[], keyOf: (person: PersonConfig) => string | undefined): Map<string, PersonConfig | null> {
  const found = new Map<string, PersonConfig | null>()
  for (const person of people) {
    const key = keyOf(person)
    if (key !== undefined) found.set(key, found.has(key) ? null : person)
  }
  return found
}

/** As two people would take it for the same name: width, case and gaps are no difference. */
const folded = (name: string) => name.normalize('NFKC').trim().replace(/\s+/g, ' ').toLowerCase()

export type People = ReturnType<typeof peopleOf>
