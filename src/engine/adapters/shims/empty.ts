/** Stands where WebTorrent imports a part that this house does itself or a browser does not have. */
export default {}
