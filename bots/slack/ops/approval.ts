import { approvalCard } from '../blocks/approval.ts'
import { keys } from '../message.ts'
import { defineSlackOp } from './define.ts'

/** A run that waits for a person, in the channel where everybody reads; changed in place until it has ended. */
export const approval = defineSlackOp('approval', {
  essential: true,
  async run({ run: id, reason }, tools) {
    const run = await tools.run(id)
    if (!run) return
    const key = keys.approval(id)
    // Over before it was ever said: nobody needs to hear of it.
    if (run.status !== 'waiting' && !(await tools.reference(key))) return
    await tools.show(key, { channel: tools.settings.channel, thread: null }, () => approvalCard(run, tools, reason))
  },
})
