import type { Andon } from '../../andon/andon.ts'
import { settled } from '../../andon/settled.ts'
import { said } from '../blocks/escape.ts'
import { type Aim, moreAction } from '../blocks/parts.ts'
import { defineSlackHandler, type Incoming, type Surface } from '../define.ts'
import { actOrAsk, knownOf, openPull, plainMessage, tellRefusal } from './act.ts'
import { publishHome } from './homing.ts'

/** Every button of ours: `andon:COMMAND` with what it aims at. Commands that need nothing more are done at once. */
export const buttonPressed = defineSlackHandler('button', {
  kind: 'action',
  match: /^andon:/,
  scopes: [],
  events: [],
  help: 'buttons',
  async run(incoming, surface) {
    await incoming.ack()
    const known = await knownOf(surface, incoming)
    try {
      const press = pressOf(incoming)
      const channel = incoming.body.channel?.id
      const opening = { incoming, actor: known.actor, channel }
      if (press.name === 'pull') return await openPull(surface, opening, press.text)
      const andon = await current(surface, press.aim.id)
      const answer = await actOrAsk(surface, opening, press.name, andon, { ...press.aim, id: andon.id })
      if (answer) await incoming.tell(plainMessage(said(answer)))
      if (incoming.body.view?.type === 'home') await publishHome(surface, incoming.user)
    } catch (error) {
      await tellRefusal(surface, incoming, known, error)
    }
  },
})

interface Press {
  name: string
  aim: Aim
  text?: string
}

/** What was pressed. Values come back through Slack, so they are read as anything from outside. */
function pressOf({ body }: Incoming<'action'>): Press {
  const [action] = body.actions as unknown as { action_id: string; value?: string; selected_option?: { value: string } }[]
  const value = read(action?.selected_option?.value ?? action?.value)
  const { do: chosen, text, id = '', lane, inquiry, item } = value
  const name = action?.action_id === moreAction ? (chosen ?? '') : (action?.action_id.slice('andon:'.length) ?? '')
  return {
    name,
    aim: { id, ...(lane ? { lane } : {}), ...(inquiry ? { inquiry } : {}), ...(item ? { item } : {}) },
    ...(text ? { text } : {}),
  }
}

function read(value: string | undefined): Record<string, string | undefined> {
  try {
    const parsed: unknown = JSON.parse(value ?? '{}')
    if (typeof parsed !== 'object' || parsed === null) return {}
    return Object.fromEntries(Object.entries(parsed).filter(([, one]) => typeof one === 'string'))
  } catch {
    return {}
  }
}

/** The andon that a button means, followed to where it was merged into. */
export const current = ({ desk }: Pick<Surface, 'desk'>, id: string): Promise<Andon> => settled(desk.get, id)
