# The flags that every way of starting Lastcall shares: a small heap beside an inference server, one cheap collector,
# class data kept from the last start. Override or extend with LASTCALL_JAVA_OPTS.
# shellcheck shell=bash disable=SC2034
LASTCALL_JVM_FLAGS=(
  -XX:+UseSerialGC
  -Xms16m
  -Xmx192m
  -Xss512k
  -XX:MaxDirectMemorySize=192m
  -XX:+UseCompactObjectHeaders
  -XX:ReservedCodeCacheSize=48m
  -XX:CICompilerCount=2
  -XX:+AutoCreateSharedArchive
  -Xshare:auto
  -Xlog:cds=off
  -Xlog:cds+dynamic=off
  -XX:TrimNativeHeapInterval=20000 # gives back what the compilers have used: 118 MiB resident when idle without, 101 with
  -XX:+ExitOnOutOfMemoryError
  --enable-native-access=ALL-UNNAMED
  --sun-misc-unsafe-memory-access=allow
  -Dfile.encoding=UTF-8
  -Djava.awt.headless=true
  ${LASTCALL_JAVA_OPTS:-}
)
