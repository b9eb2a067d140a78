import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Clock } from '../../core/clock.ts'
import { isFault } from '../../core/errors.ts'
import { follow } from '../../core/journal/follow.ts'
import type { Journal, JournalEvent } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'
import { type Andon, ended, type Person } from './andon.ts'
import { peopleOf } from './people.ts'
import type { AndonDesk } from './ports.ts'

interface LeadPorts {
  desk: Pick<AndonDesk, 'get' | 'list' | 'command'>
  catalog: Catalog
  journal: Journal
  clock: Clock
  log: Log
}

const openMax = 200

/**
 * Who acknowledges the page of an andon leads it, unless somebody does already; so does who acknowledged the page of the incident by
 * which the house pulled it. (Who takes the lead is heard by the pager itself.)
 */
export function followLeads({ desk, catalog, journal, clock, log }: LeadPorts) {
  const people = peopleOf(catalog)

  async function handle({ kind, andon, incident, data }: JournalEvent): Promise<void> {
    if (kind !== 'page.acknowledged') return
    const concerned = andon !== null ? [await desk.get(andon)] : incident !== null ? await pulledFor(incident) : []
    for (const one of concerned) if (one) await lead(one, data.by as unknown as Person)
  }

  /** The page of an incident knows nothing of its andon, which came after it. What is real leads no drill. */
  const pulledFor = async (incident: string) =>
    (await desk.list({ open: true }, { limit: openMax })).filter((andon) => andon.incident === incident && andon.drill === null)

  async function lead(andon: Andon, by: Person): Promise<void> {
    if (ended(andon) || andon.roles.lead) return
    try {
      await desk.command(andon.id, 'lead', {}, people.actor(people.configured(by.id), by, 'pager'))
    } catch (error) {
      // It ended meanwhile: nothing is left to lead.
      if (!isFault(error, 'refused')) throw error
    }
  }

  return follow({ journal, clock, log, subscriber: 'andon-leads', handle })
}
