import { peopleOf } from '../../andon/people.ts'
import { visible } from '../blocks/help.ts'
import { homeOf } from '../blocks/home.ts'
import { ask } from '../calls.ts'
import type { Surface } from '../define.ts'
import type { SlackWho } from '../who.ts'

/** Kaizen items are looked for in the newest andons; older ones are reminded of by themselves. */
const lookedAt = 200

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
  const view = homeOf({ open, lanes, asks, duty }, { locale: actor.locale, now: clock.now(), people: peopleOf(catalog) })
  const answer = await ask(web, 'views.publish', { user_id: user.id, view })
  if (!answer.ok) log.warn({ trouble: answer.trouble }, 'the Home of somebody could not be shown; it is when they open it again')
}
