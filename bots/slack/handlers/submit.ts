import { said } from '../blocks/escape.ts'
import { filledIn, fitting } from '../blocks/fields.ts'
import { answerModal, type Carried } from '../blocks/modal.ts'
import { defineSlackHandler, type Incoming, type Surface } from '../define.ts'
import type { Known } from '../who.ts'
import { knownOf, plainMessage, refusalFor } from './act.ts'
import { current } from './button.ts'
import { doingOf } from './doing.ts'
import { pullNameWithinMs, pullNow } from './pulling.ts'
import { personRef } from './speak.ts'

/** Every modal of ours. What is refused stays in the modal, with the reason beside it and all that was typed. */
export const submit = defineSlackHandler('submit', {
  kind: 'view',
  match: /^andon:/,
  scopes: [],
  events: [],
  help: 'modals',
  async run(incoming, surface) {
    const name = incoming.body.view.callback_id.slice('andon:'.length)
    const known = await knownOf(surface, incoming, pullNameWithinMs)
    try {
      await (name === 'pull' ? pull(incoming, surface, known) : carryOut(incoming, surface, known, name))
    } catch (error) {
      surface.log.debug({ event: incoming.key, err: error }, 'a modal was refused')
      await incoming.ack({ response_action: 'errors', errors: { [firstField(incoming)]: refusalFor(error, known).text } })
    }
  },
})

async function pull(incoming: Incoming<'view'>, surface: Surface, known: Known): Promise<void> {
  const text = incoming.body.view.state.values.text?.text?.value ?? ''
  const { answer } = await pullNow(surface, { text, known, key: incoming.key })
  await incoming.ack({ response_action: 'update', view: answerModal(answer, known.actor.locale) })
}

async function carryOut(incoming: Incoming<'view'>, surface: Surface, known: Known, name: string): Promise<void> {
  const { id = '', channel: _channel, ...aim } = carriedBy(incoming)
  const doing = doingOf(surface, name)
  const andon = await current(surface, id)
  // The same submission again was done before.
  if (!doing || !(await incoming.first())) return incoming.ack()
  const values = incoming.body.view.state.values as Parameters<typeof filledIn>[1]
  const people = await named(surface, values)
  const input = {
    ...filledIn(doing.input, values, (slack, field) => people.get(`${slack}/${field}`) ?? `slack:${slack}`),
    ...fitting(doing.input, aim),
  }
  const { answer } = await doing.run(andon.id, input, known.actor)
  await incoming.ack()
  if (answer) await incoming.tell(plainMessage(said(answer)))
}

/** The people who were picked, as commands are told of them. */
async function named(surface: Surface, values: Parameters<typeof filledIn>[1]): Promise<Map<string, string>> {
  const picked = Object.entries(values).flatMap(([field, told]) => {
    const slack = told[field]?.selected_user
    return slack ? [{ field, slack }] : []
  })
  return new Map(
    await Promise.all(picked.map(async ({ field, slack }) => [`${slack}/${field}`, await personRef(surface, slack, field)] as const)),
  )
}

export function carriedBy({ body }: Incoming<'view'>): Carried {
  try {
    return JSON.parse(body.view.private_metadata) as Carried
  } catch {
    return {}
  }
}

/** Slack shows an error only beside a field. */
const firstField = ({ body }: Incoming<'view'>): string => Object.keys(body.view.state.values)[0] ?? 'text'
