import { checkTable, daysAgo } from '../../test/check-table.ts'
import type { Image } from '../inventory/images.ts'
import type { Instance } from '../inventory/instances.ts'
import type { LaunchTemplateVersion } from '../inventory/launch-template-versions.ts'
import type { Snapshot } from '../inventory/snapshots.ts'
import { amiUnused } from './ami-unused.ts'

const image = (over: Partial<Image> = {}): Image => ({
  ...{ arn: 'arn:aws:ec2:us-east-1::image/ami-1', id: 'ami-1', createdAt: daysAgo(46), lastLaunchedAt: null },
  ...{ public: false, snapshots: ['snap-1', 'snap-2'], ...over },
})
const snapshot = (id: string, over: Partial<Snapshot> = {}): Snapshot => ({
  ...{ arn: `arn:aws:ec2:us-east-1::snapshot/${id}`, id, volume: `vol-of-${id}`, volumeGiB: 100, storedGiB: 20 },
  ...{ encrypted: true, state: 'completed', archived: false, startedAt: daysAgo(46), managedBy: null, ...over },
})
const instance = (of: string): Instance => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:instance/i-1', id: 'i-1', type: 'm5.large', state: 'stopped', launchedAt: daysAgo(300) },
  ...{ stoppedAt: daysAgo(200), image: of, zone: null, subnet: null, vpc: null, listPriced: true, group: null, addresses: [] },
})
const template = (of: string): LaunchTemplateVersion => ({
  ...{ arn: 'arn:aws:ec2:us-east-1:123456789012:launch-template/lt-1:3', template: 'lt-1', version: 3, image: of, securityGroups: [] },
})

checkTable(amiUnused, {
  flags: {
    'used by nothing for forty-six days': {
      row: image(),
      reads: { instances: [instance('ami-2')], snapshots: [snapshot('snap-1'), snapshot('snap-2')] },
      evidence: { ageDays: 46, launchedDaysAgo: null, snapshots: ['snap-1', 'snap-2'], public: false },
      usdPerMonth: 2,
    },
    'last launched long ago': { row: image({ createdAt: daysAgo(400), lastLaunchedAt: daysAgo(50) }), evidence: { launchedDaysAgo: 50 } },
    'one of its snapshots shares blocks with another: no guess': {
      row: image(),
      reads: { snapshots: [snapshot('snap-1'), snapshot('snap-2'), snapshot('snap-3', { volume: 'vol-of-snap-2' })] },
      usdPerMonth: null,
    },
    'without snapshots of its own': { row: image({ snapshots: [] }), usdPerMonth: null },
  },
  passes: {
    'an instance stands on it, though stopped': { row: image(), reads: { instances: [instance('ami-1')] } },
    'a launch template names it': { row: image(), reads: { launchTemplateVersions: [template('ami-1')] } },
    'launched last month, and gone again': { row: image({ createdAt: daysAgo(400), lastLaunchedAt: daysAgo(30) }) },
    'made last month': { row: image({ createdAt: daysAgo(30) }) },
    'younger than the configuration says': { row: image(), options: { minDays: 90 } },
  },
})
