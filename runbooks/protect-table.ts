import { resourceIn } from '../remediation/aws.ts'
import { deletionProtectionState, recoveryState } from '../remediation/aws-state.ts'
import { type ArgsOf, defineRunbook, step } from './define.ts'

export const protectTable = defineRunbook('protect-table', {
  title: 'Switch on what protects a table: point-in-time recovery, deletion protection',
  answers: [], // begun by the approval of a finding
  requires: ['finding'],
  cooldownMs: 0,
  steps: () => [],
  fix: {
    actions: ['set-table-recovery', 'set-deletion-protection'],
    undoes: 'Switches off what it switched on. The days that could be gone back to are lost with point-in-time recovery.',
    async plan({ place, resource }, { aws }) {
      const table = resourceIn(resource, 'dynamodb', 'table/')
      if (table === null) return { refuse: `${resource} is no table` }
      const recovery = await recoveryState(aws, table)
      const deletion = await deletionProtectionState(aws, table)
      if (recovery === null || deletion === null) return { refuse: `${table} is gone` }
      const steps = [
        ...(recovery ? [] : [step('set-table-recovery', { place, table, from: false, to: true }, { name: `recovery of ${table}` })]),
        ...(deletion
          ? []
          : [step('set-deletion-protection', { place, table, from: false, to: true }, { name: `deletion protection of ${table}` })]),
      ]
      if (steps.length === 0) return { refuse: `${table} is protected already` }
      const parts = [...(recovery ? [] : ['point-in-time recovery (it is paid for by size)']), ...(deletion ? [] : ['deletion protection'])]
      return { steps, words: `would switch on ${parts.join(' and ')} of ${table}` }
    },
    async undo(done) {
      const steps = done.map(({ action, args }) => {
        const { place, table, from, to } = args as ArgsOf<'set-table-recovery'>
        const back = { place, table, from: to, to: from }
        return action === 'set-table-recovery'
          ? step('set-table-recovery', back, { name: `recovery of ${table}, back` })
          : step('set-deletion-protection', back, { name: `deletion protection of ${table}, back` })
      })
      const parts = done.map(({ action }) => (action === 'set-table-recovery' ? 'point-in-time recovery' : 'deletion protection'))
      return { steps, words: `would switch off ${parts.join(' and ')} of ${steps[0]?.args.table}` }
    },
  },
})
