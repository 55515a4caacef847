const list = (value) => (typeof value === "string" ? [value] : value)
export const hooks = {
  readPackage(pkg) {
    if (pkg.os !== undefined) pkg.os = list(pkg.os)
    if (pkg.cpu !== undefined) pkg.cpu = list(pkg.cpu)
    return pkg
  }
}
