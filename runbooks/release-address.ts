import { resourceIn } from '../remediation/aws.ts'
import { addressState } from '../remediation/aws-state.ts'
import { defineRunbook, step } from './define.ts'

export const releaseAddress = defineRunbook('release-address', {
  title: 'Give back an Elastic IP address that leads nowhere',
  answers: [], // begun by the approval of a finding
  requires: ['finding'],
  cooldownMs: 0,
  steps: () => [],
  fix: {
    actions: ['release-address'],
    undoes: 'There is none: the address may be another’s a minute later.',
    async plan({ place, resource }, { aws }) {
      const allocation = resourceIn(resource, 'ec2', 'elastic-ip/')
      if (!allocation?.startsWith('eipalloc-')) return { refuse: `${resource} is no address of a VPC` }
      const now = await addressState(aws, allocation)
      if (!now) return { refuse: `${allocation} is gone` }
      if (now.associated) return { refuse: `${now.ip} is associated: somebody uses it` }
      return {
        steps: [step('release-address', { place, allocation, ip: now.ip }, { name: `release ${now.ip}` })],
        words: `would give ${now.ip} (${allocation}) back for good: first make sure that neither DNS nor a partner’s firewall names it`,
      }
    },
  },
})
