import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Clock } from '../../core/clock.ts'
import { sleep } from '../../core/clock.ts'
import type { Actor, Locale } from '../andon/andon.ts'
import { peopleOf } from '../andon/people.ts'
import { clean } from '../andon/text.ts'
import { ask, type SlackUser } from './calls.ts'
import type { Web } from './web.ts'

/** Somebody as a payload of Slack names them. */
export interface SlackWho {
  id: string
  /** Of their workspace, when the payload tells it. */
  team?: string | undefined
  /** Their handle, when the payload tells it. */
  name?: string | undefined
}

export interface Known {
  actor: Actor
  /** `external`: of another workspace (Slack Connect). `unknown`: Slack did not tell in time. */
  kind: 'configured' | 'member' | 'guest' | 'external' | 'bot' | 'unknown'
}

export interface Who {
  /**
   * Who that is. The configuration knows them by their Slack id, or Slack tells their name and language; a name alone makes nobody
   * anybody. Waits at most `withinMs` for Slack: a pull must not wait for a name.
   */
  of(user: SlackWho, withinMs?: number): Promise<Known>
  /** As in a sentence; the id when nobody knows. Asks nobody. */
  nameOf(slackId: string): string
}

const keptMs = 3_600_000
const keptMax = 5_000
const nameChars = 80

export function openWho({ catalog, web, clock }: { catalog: Catalog; web: Pick<Web, 'call'>; clock: Clock }): Who {
  const people = peopleOf(catalog)
  const settings = catalog.config.andon
  const kept = new Map<string, { user: SlackUser; at: number }>()
  const asked = new Map<string, Promise<SlackUser | null>>()

  function look(id: string): Promise<SlackUser | null> {
    const found = kept.get(id)
    if (found && clock.monotonic() - found.at < keptMs) return Promise.resolve(found.user)
    const under = asked.get(id)
    if (under) return under
    const asking = ask(web, 'users.info', { user: id, include_locale: true })
      .then((answer) => {
        if (!answer.ok) return found?.user ?? null
        const { user } = answer.result
        kept.delete(id)
        kept.set(id, { user, at: clock.monotonic() })
        for (const oldest of kept.keys()) {
          if (kept.size <= keptMax) break
          kept.delete(oldest)
        }
        return user
      })
      .finally(() => asked.delete(id))
    asked.set(id, asking)
    return asking
  }

  return {
    async of({ id, team, name }, withinMs = 2_000) {
      const configured = people.bySlack(id)
      if (configured) return { actor: people.actor(configured, { id: configured.id, name: configured.name }, 'slack'), kind: 'configured' }
      const user = await Promise.race([look(id), sleep(clock, withinMs).then(() => null)])
      const told = user ? nameIn(user) : name
      const unknown = {
        id: `slack:${id}`,
        name: clean(told || id, nameChars, id),
        locale: user ? localeIn(user, settings.locale) : settings.locale,
      }
      return { actor: people.actor(null, unknown, 'slack'), kind: user ? kindOf(user, team) : 'unknown' }
    },
    nameOf(slackId) {
      const user = kept.get(slackId)?.user
      return people.bySlack(slackId)?.name ?? (user ? clean(nameIn(user), nameChars, slackId) : slackId)
    },
  }
}

const nameIn = ({ profile, real_name, name }: SlackUser): string => profile?.display_name || profile?.real_name || real_name || name
const localeIn = ({ locale }: SlackUser, other: Locale): Locale => (locale ? (/^ja\b/i.test(locale) ? 'ja' : 'en') : other)

function kindOf(user: SlackUser, team: string | undefined): Known['kind'] {
  if (user.is_bot || user.id === 'USLACKBOT') return 'bot'
  if (user.is_stranger || (team !== undefined && user.team_id !== undefined && team !== user.team_id)) return 'external'
  return user.is_restricted || user.is_ultra_restricted ? 'guest' : 'member'
}
