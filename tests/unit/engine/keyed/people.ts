import { isPeerId, isSwarmId, type PeerId, type SwarmId } from '../../../../src/engine/model/ids.ts'

export const aSwarm = swarm('aa'.repeat(32))
export const anotherSwarm = swarm('ab'.repeat(32))
export const ana = aPeer(1)
export const ben = aPeer(2)
export const eve = aPeer(3)

/** A peer id of nobody in particular: another one for each number below 58⁴. */
export function aPeer(number: number): PeerId {
  const letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
  let text = ''
  for (let left = number; text.length < 4; left = Math.floor(left / 58)) text += letters[left % 58]!
  const peer = `12D3KooW${'P'.repeat(40)}${text}`
  if (!isPeerId(peer)) throw new Error(`${peer} is no peer id`)
  return peer
}

function swarm(hex: string): SwarmId {
  if (!isSwarmId(hex)) throw new Error(`${hex} is no swarm id`)
  return hex
}
