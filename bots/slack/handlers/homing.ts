import { causeChain } from '../../../core/errors.ts'
import type { Actor } from '../../andon/andon.ts'
import { peopleOf } from '../../andon/people.ts'
import { peopleOfWeek } from '../../duty/duty.ts'
import { tellingOf } from '../../duty/words.ts'
import { visible } from '../blocks/help.ts'
import { type HomeFacts, homeOf } from '../blocks/home.ts'
import { ask } from '../calls.ts'
import type { Surface } from '../define.ts'
import type { SlackWho } from '../who.ts'

/** Kaizen items are looked for in the newest andons; older ones are reminded of by themselves. */
const lookedAt = 200

/** Nothing of it may keep the rest from being shown. */
async function reviewFacts(
  { duties, catalog, log }: Surface,
  { id: person, locale }: Actor,
): Promise<Pick<HomeFacts, 'findings' | 'review'>> {
  const inPool = catalog.config.duty?.people.includes(person) ?? false
  if (!duties) return {}
  try {
    const [asked, { week, next, nextDrawAt }] = await Promise.all([
      duties.findings.list({ status: 'asked' }, { limit: 200 }),
      duties.duty.now(),
    ])
    const mineToDo = asked.filter(({ ask }) => ask?.to === person && (ask.answer === null || ask.answer.kind === 'will-do'))
    const { tell } = tellingOf(catalog)
    const findings = mineToDo.map((finding) => ({ finding, title: tell(finding, locale).title }))
    const names = (one: typeof week) => one && peopleOfWeek(one)
    const mine = [week, next].some((one) => one !== null && peopleOfWeek(one).includes(person))
    return { findings, ...(inPool ? { review: { week: names(week), next: names(next), nextAt: nextDrawAt, mine } } : {}) }
  } catch (error) {
    log.warn({ err: causeChain(error) }, 'asks and duty could not be read for a Home')
    return {}
  }
}

export async function publishHome(surface: Surface, user: SlackWho): Promise<void> {
  const { desk, catalog, web, clock, log, who } = surface
  const { actor } = await who.of(user)
  const all = visible(await desk.list({}, { limit: lookedAt }), actor)
  const open = all.filter(({ state }) => state.status !== 'resolved')
  const lanes = open.flatMap((andon) =>
    andon.lanes.filter(({ owner, status }) => owner?.id === actor.id && status !== 'done').map((lane) => ({ andon, lane })),
  )
  const asks = all.flatMap((andon) =>
    andon.kaizen.filter(({ owner, status }) => owner?.id === actor.id && status === 'open').map((item) => ({ andon, item })),
  )
  const duty = (await surface.duty?.()) ?? []
  const view = homeOf(
    { open, lanes, asks, duty, ...(await reviewFacts(surface, actor)) },
    { locale: actor.locale, now: clock.now(), people: peopleOf(catalog) },
  )
  const answer = await ask(web, 'views.publish', { user_id: user.id, view })
  if (!answer.ok) log.warn({ trouble: answer.trouble }, 'the Home of somebody could not be shown; it is when they open it again')
}
