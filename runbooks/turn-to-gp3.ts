import { hours } from '../core/clock.ts'
import { resourceIn } from '../remediation/aws.ts'
import { volumeState } from '../remediation/aws-state.ts'
import { type ArgsOf, defineRunbook, step } from './define.ts'

/** Part of the price of gp3. */
const includedIops = 3_000
const gp2Iops = { perGiB: 3, most: 16_000 }
/** MiB/s. From this size on gp2 gives 250 all the time, below it only in bursts; gp3 includes 125. */
const steadyThroughput = { fromGiB: 334, mibps: 250 }
/** AWS takes one modification of a volume in so long. */
const betweenMs = hours(6)

export const turnToGp3 = defineRunbook('turn-to-gp3', {
  title: 'Turn a gp2 volume to gp3, as fast as it is, while it is in use',
  answers: [], // begun by the approval of a finding
  requires: ['finding'],
  cooldownMs: 0,
  steps: () => [],
  fix: {
    actions: ['set-volume-type'],
    undoes: 'Turns it back to gp2. Not within six hours: AWS takes one modification of a volume in that time.',
    async plan({ place, resource }, { aws }) {
      const volume = resourceIn(resource, 'ec2', 'volume/')
      if (volume === null) return { refuse: `${resource} is no volume` }
      const now = await volumeState(aws, volume)
      if (!now) return { refuse: `${volume} is gone` }
      if (now.type !== 'gp2') return { refuse: `${volume} is ${now.type}, not gp2` }
      if (now.modification && ['modifying', 'optimizing'].includes(now.modification.state)) return { refuse: `${volume} is being modified` }
      const today = now.iops ?? Math.min(gp2Iops.most, now.sizeGiB * gp2Iops.perGiB)
      const iops = today > includedIops ? today : null
      const throughput = now.sizeGiB >= steadyThroughput.fromGiB ? steadyThroughput.mibps : null
      const speed = `${iops ?? includedIops} IOPS and ${throughput ?? 125} MiB/s`
      return {
        steps: [step('set-volume-type', { place, volume, from: 'gp2', to: 'gp3', iops, throughput }, { name: `${volume} to gp3` })],
        words: `would turn ${volume} (${now.sizeGiB} GiB) from gp2 to gp3 with ${speed}; it stays in use, and cannot be turned back for six hours`,
      }
    },
    async undo(done, { aws, now }) {
      const steps = []
      for (const { args } of done) {
        const { place, volume, from, to } = args as ArgsOf<'set-volume-type'>
        const state = await volumeState(aws, volume)
        if (!state) return { refuse: `${volume} is gone` }
        const readyAt = (state.modification?.startedAt ?? 0) + betweenMs
        if (now < readyAt) return { refuse: `AWS takes one modification of a volume in six hours: ${volume} not before ${iso(readyAt)}` }
        steps.push(
          step(
            'set-volume-type',
            { place, volume, from: to, to: from, iops: null, throughput: null },
            { name: `${volume} back to ${from}` },
          ),
        )
      }
      return { steps, words: steps.map(({ args }) => `would turn ${args.volume} back to ${args.to}`).join('; ') }
    },
  },
})

const iso = (at: number) => new Date(at).toISOString()
