import { fault } from '../../../core/errors.ts'
import { peopleOf } from '../../andon/people.ts'
import { defineSlackHandler, type Incoming, type Surface } from '../define.ts'
import type { Known } from '../who.ts'
import { knownOf, tellRefusal } from './act.ts'
import { texts } from './duty-button.ts'

/** Yes or no to a run that waits. The message shows what became of it. */
export const approvalButton = defineSlackHandler('approval-button', {
  kind: 'action',
  match: /^approval:/,
  scopes: [],
  events: [],
  help: 'buttons of approvals',
  async run(incoming, surface) {
    await incoming.ack()
    const known = await knownOf(surface, incoming)
    try {
      await answer(surface, known, incoming)
    } catch (error) {
      await tellRefusal(surface, incoming, known, error)
    }
  },
})

async function answer({ approvals, catalog, journal }: Surface, { actor }: Known, { body }: Incoming<'action'>): Promise<void> {
  const [pressed] = body.actions as unknown as { action_id: string; value?: string }[]
  const id = texts(pressed?.value).run ?? ''
  const run = await journal.run(id)
  if (!run || !approvals) throw fault('not-found', { what: 'run', id, list: 'GET /v1/runs' })
  if (actor.rank !== 'approver' && !peopleOf(catalog).owns(actor.id, run.component))
    throw fault('forbidden', { role: actor.rank, needs: 'approver (andon.approvers, or the owner of the component)' })
  if (pressed?.action_id === 'approval:approve') await approvals.approve(id, actor.id)
  else await approvals.decline(id, actor.id, 'in Slack')
}
