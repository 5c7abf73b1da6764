import type { Page } from 'puppeteer-core'

/**
 * Connects two pages with a data channel, carrying offer and answer by hand, and sends one message.
 *
 * @returns what the callee received.
 */
export async function connectPages(caller: Page, callee: Page): Promise<string> {
  const offer = await caller.evaluate(async () => {
    const connection = new RTCPeerConnection({ iceServers: [] })
    const channel = connection.createDataChannel('test')
    Object.assign(globalThis, { connection, channel })
    await connection.setLocalDescription()
    await new Promise<void>((resolve) => {
      const check = () => connection.iceGatheringState === 'complete' && resolve()
      connection.addEventListener('icegatheringstatechange', check)
      check()
    })
    return connection.localDescription!.toJSON()
  })

  const answer = await callee.evaluate(async (offer) => {
    const connection = new RTCPeerConnection({ iceServers: [] })
    const received = new Promise((resolve) => {
      connection.addEventListener('datachannel', ({ channel }) => {
        channel.addEventListener('message', (event) => resolve(event.data))
      })
    })
    Object.assign(globalThis, { connection, received })
    await connection.setRemoteDescription(offer)
    await connection.setLocalDescription()
    await new Promise<void>((resolve) => {
      const check = () => connection.iceGatheringState === 'complete' && resolve()
      connection.addEventListener('icegatheringstatechange', check)
      check()
    })
    return connection.localDescription!.toJSON()
  }, offer)

  await caller.evaluate(async (answer) => {
    // Put there by the first call above.
    const { connection, channel } = globalThis as unknown as {
      connection: RTCPeerConnection
      channel: RTCDataChannel
    }
    await connection.setRemoteDescription(answer)
    if (channel.readyState !== 'open') {
      await new Promise((resolve) => channel.addEventListener('open', resolve, { once: true }))
    }
    channel.send('over the channel')
  }, answer)

  return (await callee.evaluate('received')) as string // a string is what was sent
}
