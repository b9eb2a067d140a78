import { checkTable, daily, daysAgo } from '../../test/check-table.ts'
import type { LoadBalancer, TargetHealth } from '../inventory/load-balancers.ts'
import { elbIdle } from './elb-idle.ts'

const balancer = (over: Partial<LoadBalancer> = {}): LoadBalancer => ({
  ...{ arn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188', kind: 'application' },
  ...{ dimension: 'app/web/50dc6c495c0c9188', scheme: 'internet-facing', state: 'active', createdAt: daysAgo(90), ...over },
})
const health = (over: Partial<TargetHealth> = {}) => ({ health: { groups: 1, targets: 2, serves: true, ...over } })
const quiet = daily([3, 0, 99, 0, 0, 12, 0])
const busy = daily([3, 0, 100, 0, 0, 0, 0])

checkTable(elbIdle, {
  flags: {
    'fewer than a hundred requests on each day': {
      row: balancer(),
      metrics: { requests: quiet },
      details: health(),
      reason: 'quiet',
      evidence: { highestDay: 99, perDay: 16, days: 7, counted: 'requests' },
      usdPerMonth: 16.43,
    },
    'no healthy target, though people come': {
      row: balancer(),
      metrics: { requests: daily([900, 900, 900, 900, 900, 900, 900]) },
      details: health({ groups: 2, targets: 3, serves: false }),
      reason: 'no-target',
      evidence: { groups: 2, targets: 3, perDay: 900 },
    },
    'only redirects, and hardly ever': {
      row: balancer(),
      metrics: { requests: quiet },
      details: health({ groups: 0, targets: 0, serves: false }),
      reason: 'quiet',
    },
    'a network load balancer is counted in flows': {
      row: balancer({ kind: 'network' }),
      metrics: { flows: quiet },
      details: health(),
      evidence: { counted: 'flows', highestDay: 99 },
    },
    'a gateway load balancer is cheaper': {
      row: balancer({ kind: 'gateway' }),
      metrics: { gatewayFlows: quiet },
      details: health(),
      usdPerMonth: 9.13,
    },
  },
  passes: {
    'a hundred requests on one day': { row: balancer(), metrics: { requests: busy }, details: health() },
    'only redirects, and often': {
      row: balancer(),
      metrics: { requests: busy },
      details: health({ groups: 0, targets: 0, serves: false }),
    },
    'a busy network load balancer': { row: balancer({ kind: 'network' }), metrics: { flows: busy }, details: health() },
    'made within the window': { row: balancer({ createdAt: daysAgo(7) }), metrics: { requests: quiet }, details: health() },
    'still being made': { row: balancer({ state: 'provisioning' }), metrics: { requests: quiet }, details: health({ serves: false }) },
  },
})
