addEventListener('message', (event) => {
  postMessage(event.data)
})

export {}
