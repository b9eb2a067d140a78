import { resourceIn } from '../remediation/aws.ts'
import { logGroupState } from '../remediation/aws-state.ts'
import { type ArgsOf, defineRunbook, step } from './define.ts'

/** Long enough for the audits that we know of; shorter is a decision about data that nobody can take back. */
const keptDays = 365
/** All that CloudWatch Logs takes. */
const allowedDays = [365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]

const told = (days: number | null) => (days === null ? 'never' : `${days} days`)

export const expireLogs = defineRunbook('expire-logs', {
  title: 'Let the events of a log group expire, after a year or what an audit needs',
  answers: [], // begun by the approval of a finding
  requires: ['finding'],
  cooldownMs: 0,
  steps: () => [],
  fix: {
    actions: ['set-log-retention'],
    undoes: 'Sets back how long events were kept before. What has expired meanwhile is gone.',
    async plan({ place, resource, evidence }, { aws }) {
      const group = resourceIn(resource, 'logs', 'log-group:')
      if (group === null) return { refuse: `${resource} is no log group` }
      const now = await logGroupState(aws, group)
      if (!now) return { refuse: `${group} is gone` }
      if (now.delivery) return { refuse: `${group} passes logs on, and keeps them for a day whatever it says` }
      const needed = Math.max(keptDays, Number(evidence.auditDays ?? 0))
      const days = allowedDays.find((allowed) => allowed >= needed)
      if (days === undefined) return { refuse: `${needed} days are longer than any time that AWS offers` }
      const from = now.retentionDays
      if (from !== null && from >= days) return { refuse: `${group} keeps its events for ${from} days already` }
      const words = `would set retention of ${group} from ${told(from)} to ${days} days`
      const lost = from === null ? `: what is older is deleted within about three days, and cannot be brought back` : ''
      return {
        steps: [step('set-log-retention', { place, group, from, to: days }, { name: `retention of ${group}` })],
        words: words + lost,
      }
    },
    async undo(done) {
      const steps = done.flatMap(({ args }) => {
        const { place, group, from, to } = args as ArgsOf<'set-log-retention'>
        return step('set-log-retention', { place, group, from: to, to: from }, { name: `retention of ${group}, back` })
      })
      const words = steps.map(({ args }) => `would set retention of ${args.group} back to ${told(args.to as number | null)}`)
      return { steps, words: words.join('; ') }
    },
  },
})
