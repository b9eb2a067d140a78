import { dutyModal } from '../blocks/duty.ts'
import { ask } from '../calls.ts'
import { defineSlackHandler, type Incoming } from '../define.ts'
import { knownOf, tellRefusal } from './act.ts'
import { askingOf, doDuty, type Given } from './duty-doing.ts'
import { publishHome } from './homing.ts'

/** Every button of duty, reviews and asks: `duty:NAME`. What needs nothing more is done at once; the rest asks in a modal. */
export const dutyButton = defineSlackHandler('duty-button', {
  kind: 'action',
  match: /^duty:/,
  scopes: [],
  events: [],
  help: 'buttons of the review',
  async run(incoming, surface) {
    await incoming.ack()
    const known = await knownOf(surface, incoming)
    try {
      const { name, given } = pressOf(incoming)
      const asking = await askingOf(surface, name, given, known.actor)
      if (!asking) {
        await doDuty(surface, name, given, known.actor)
        if (incoming.body.view?.type === 'home') await publishHome(surface, incoming.user)
        return
      }
      const channel = incoming.body.channel?.id
      const carried = { ...defined(given), ...(channel ? { channel } : {}) }
      const view = dutyModal({ name, title: asking.title, fields: asking.fields, carried }, known.actor.locale)
      const opened = await ask(surface.web, 'views.open', { trigger_id: incoming.body.trigger_id, view })
      if (!opened.ok) surface.log.warn({ trouble: opened.trouble }, 'a modal of the duty could not be opened')
    } catch (error) {
      await tellRefusal(surface, incoming, known, error)
    }
  },
})

const defined = (given: Given) => Object.fromEntries(Object.entries(given).filter((one): one is [string, string] => one[1] !== undefined))

function pressOf({ body }: Incoming<'action'>): { name: string; given: Given } {
  const [action] = body.actions as unknown as { action_id: string; value?: string }[]
  return { name: action?.action_id.slice('duty:'.length) ?? '', given: texts(action?.value) }
}

/** Only texts of an object are let in. */
export function texts(json: string | undefined): Given {
  try {
    const parsed: unknown = JSON.parse(json || '{}')
    if (typeof parsed !== 'object' || parsed === null) return {}
    return Object.fromEntries(Object.entries(parsed).filter(([, one]) => typeof one === 'string'))
  } catch {
    return {}
  }
}
