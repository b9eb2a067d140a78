import { seconds } from '../../core/clock.ts'
import type { Json } from '../../core/runs/run.ts'
import { defineAction } from './define.ts'

/** Calls a person: puts the page into the outbox, from where it is delivered until somebody took it. */
export const page = defineAction('page', {
  title: 'Page a person',
  kind: 'idempotent',
  timeoutMs: seconds(5),
  attempts: 5,
  async apply({ dedupe, incident, payload }: { dedupe: string; incident: string | null; payload: { [key: string]: Json } }, { post }) {
    await post({ channel: 'page', dedupe, incident, payload })
    return { queued: dedupe }
  },
})
