import { defineSlackHandler, type Incoming } from '../define.ts'
import { knownOf, refusalFor } from './act.ts'
import { texts } from './duty-button.ts'
import { doDuty } from './duty-doing.ts'

/** Every modal of duty, reviews and asks. What is refused stays in the modal, with the reason and all that was typed. */
export const dutySubmit = defineSlackHandler('duty-submit', {
  kind: 'view',
  match: /^duty:/,
  scopes: [],
  events: [],
  help: 'modals of the review',
  async run(incoming, surface) {
    const { view } = incoming.body
    const known = await knownOf(surface, incoming)
    try {
      // The same submission again was done before.
      if (await incoming.first()) {
        const given = { ...texts(view.private_metadata), ...filled(incoming) }
        await doDuty(surface, view.callback_id.slice('duty:'.length), given, known.actor)
      }
      await incoming.ack()
    } catch (error) {
      surface.log.debug({ event: incoming.key, err: error }, 'a modal of the duty was refused')
      const field = Object.keys(view.state.values)[0] ?? 'words'
      await incoming.ack({ response_action: 'errors', errors: { [field]: refusalFor(error, known).text } })
    }
  },
})

interface Told {
  value?: string | null
  selected_user?: string | null
  selected_date?: string | null
}

/** By field; what stayed empty is left out. */
function filled({ body }: Incoming<'view'>): Record<string, string> {
  const values = body.view.state.values as Record<string, Record<string, Told>>
  return Object.fromEntries(
    Object.entries(values).flatMap(([field, told]) => {
      const { value, selected_user, selected_date } = told[field] ?? {}
      const text = (selected_user ?? selected_date ?? value ?? '').trim()
      return text === '' ? [] : [[field, text] as const]
    }),
  )
}
