import { z } from 'zod'
import type { Locale } from '../andon.ts'
import { defineAndonCommand } from '../define.ts'
import { personOf } from '../entries.ts'
import { marked } from '../here.ts'
import { wordsInput } from '../inputs.ts'
import { turnRed } from '../red.ts'

const confirmed: Record<Locale, string> = { en: 'it is real', ja: '障害を確認' }

/** It is real: everybody. Nobody has to say why. */
export const escalate = defineAndonCommand('escalate', {
  path: 'escalate',
  summary: 'It is real: turn it red, and call everybody',
  input: z.strictObject({ reason: wordsInput().optional() }),
  needs: 'anyone',
  when: ['yellow'],
  apply: (andon, { reason }, env) => turnRed(marked(andon, env), reason ?? confirmed[andon.locale], personOf(env.actor), env),
})
