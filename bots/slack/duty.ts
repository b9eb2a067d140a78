import type { FindingsDesk } from '../../guardians/desk.ts'
import type { Locale, Person } from '../andon/andon.ts'
import type { People } from '../andon/people.ts'
import type { DutyDesk, ReviewDesk } from '../duty/ports.ts'
import { type DutyForm, withDays } from '../duty/words/form.ts'
import type { NameOf } from '../duty/words.ts'
import { slackForm, who } from './blocks/form.ts'

/** What Slack needs of duty, reviews and findings. */
export interface SlackDuty {
  duty: DutyDesk
  reviews: ReviewDesk
  findings: Pick<FindingsDesk, 'get' | 'list' | 'decide'>
}

export const namedBy =
  (people: Pick<People, 'configured'>): NameOf =>
  (id) => ({ id, name: people.configured(id)?.name ?? id })

/** As it is written in Slack: times in the zone of each reader, people as they can be tapped. What people wrote comes out escaped. */
export function slackDutyForm(locale: Locale, people: Pick<People, 'configured'>): DutyForm {
  const form = withDays(slackForm(locale))
  const name = (person: Person) => who(person, { locale, people })
  return { ...form, name, names: (all) => all.map(name).join(locale === 'ja' ? '、' : ', ') }
}
