package golang

import "github.com/wholly-go/wholly/audit/effect"

// entry is one line of the API table. Arguments are counted from 1; 0: none.
type entry struct {
	op      effect.Op
	path    int
	from    int
	content int
	perm    int
	flags   int // argument with open flags
	access  effect.Access
	whole   bool          // opens, writes and closes
	library *libraryEntry // a known writer, judged by its body at a version
}

// libraryEntry says which steps a known writer takes.
type libraryEntry struct{ sync, dirSync bool }

var (
	durable = &libraryEntry{sync: true, dirSync: true}
	synced  = &libraryEntry{sync: true}
	renamed = &libraryEntry{}
)

// api maps import path and name to what a call does. os.Root has the same
// names below its directory; io/ioutil stands for os.
var api = map[string]entry{
	"os.WriteFile":      {op: effect.OpenFile, path: 1, content: 2, perm: 3, access: effect.Truncating, whole: true},
	"os.Create":         {op: effect.OpenFile, path: 1, access: effect.Truncating},
	"os.OpenFile":       {op: effect.OpenFile, path: 1, flags: 2, perm: 3},
	"os.Open":           {op: effect.OpenFile, path: 1, access: effect.ReadOnly},
	"os.CreateTemp":     {op: effect.MakeTemp, path: 1},
	"os.MkdirTemp":      {op: effect.MakeTempDir, path: 1},
	"os.Rename":         {op: effect.Rename, from: 1, path: 2},
	"os.Link":           {op: effect.Link, from: 1, path: 2},
	"os.Symlink":        {op: effect.Symlink, from: 1, path: 2},
	"os.Remove":         {op: effect.Remove, path: 1},
	"os.RemoveAll":      {op: effect.RemoveTree, path: 1},
	"os.Truncate":       {op: effect.Truncate, path: 1},
	"os.Chmod":          {op: effect.Chmod, path: 1, perm: 2},
	"os.Chown":          {op: effect.Chown, path: 1},
	"os.Lchown":         {op: effect.Chown, path: 1},
	"os.Mkdir":          {op: effect.Mkdir, path: 1, perm: 2},
	"os.MkdirAll":       {op: effect.Mkdir, path: 1, perm: 2},
	"os.ReadFile":       {op: effect.Read, path: 1},
	"os.Stat":           {op: effect.Exists, path: 1},
	"os.Lstat":          {op: effect.Exists, path: 1},
	"os.TempFile":       {op: effect.MakeTemp, path: 1}, // ioutil's name
	"os.TempDir":        {op: effect.MakeTempDir, path: 1},
	"syscall.Open":      {op: effect.OpenFile, path: 1, flags: 2, perm: 3},
	"syscall.Write":     {op: effect.Write, path: 1, content: 2},
	"syscall.Close":     {op: effect.Close, path: 1},
	unix + ".Open":      {op: effect.OpenFile, path: 1, flags: 2, perm: 3},
	unix + ".Openat":    {op: effect.OpenFile, path: 2, flags: 3, perm: 4},
	unix + ".Write":     {op: effect.Write, path: 1, content: 2},
	unix + ".Close":     {op: effect.Close, path: 1},
	"syscall.Rename":    {op: effect.Rename, from: 1, path: 2},
	"syscall.Link":      {op: effect.Link, from: 1, path: 2},
	"syscall.Unlink":    {op: effect.Remove, path: 1},
	unix + ".Rename":    {op: effect.Rename, from: 1, path: 2},
	unix + ".Link":      {op: effect.Link, from: 1, path: 2},
	unix + ".Unlink":    {op: effect.Remove, path: 1},
	unix + ".Flock":     {op: effect.Lock},
	"syscall.Flock":     {op: effect.Lock},
	unix + ".Linkat":    {op: effect.Link, from: 2, path: 4},
	unix + ".Fsync":     {op: effect.Sync, path: 1},
	"syscall.Fsync":     {op: effect.Sync, path: 1},
	unix + ".Mkfifo":    {op: effect.Lock},
	unix + ".Fdatasync": {op: effect.Sync, path: 1},
	"syscall.Fdatasync": {op: effect.Sync, path: 1},
	unix + ".Renameat":  {op: effect.Rename, from: 2, path: 4},
	unix + ".Renameat2": {op: effect.Rename, from: 2, path: 4},

	// Readers that take a path.
	"crypto/tls.LoadX509KeyPair":            {op: effect.Read, path: 1, from: 2},
	"net/http.ServeFile":                    {op: effect.Read, path: 3},
	"archive/zip.OpenReader":                {op: effect.Read, path: 1},
	"github.com/BurntSushi/toml.DecodeFile": {op: effect.Read, path: 1},
	"github.com/pelletier/go-toml.LoadFile": {op: effect.Read, path: 1},
	"gopkg.in/ini.v1.Load":                  {op: effect.Read, path: 1},
	"github.com/joho/godotenv.Read":         {op: effect.Read, path: 1},
	"github.com/joho/godotenv.Load":         {op: effect.Read, path: 1},
	afero + ".ReadFile":                     {op: effect.Read, path: 2},
	afero + ".Exists":                       {op: effect.Exists, path: 2},

	// Writers in place that take a path.
	afero + ".WriteFile":                                {op: effect.OpenFile, path: 2, content: 3, perm: 4, access: effect.Truncating, whole: true},
	afero + ".WriteReader":                              {op: effect.OpenFile, path: 2, content: 3, access: effect.Truncating, whole: true},
	afero + ".TempFile":                                 {op: effect.MakeTemp, path: 2},
	"github.com/go-git/go-billy/v5/util.WriteFile":      {op: effect.OpenFile, path: 2, content: 3, perm: 4, access: effect.Truncating, whole: true},
	"github.com/joho/godotenv.Write":                    {op: effect.OpenFile, path: 2, content: 1, access: effect.Truncating, whole: true},
	"github.com/spf13/viper.WriteConfigAs":              {op: effect.OpenFile, path: 1, access: effect.Truncating, whole: true},
	"github.com/spf13/viper.SafeWriteConfigAs":          {op: effect.OpenFile, path: 1, access: effect.Exclusive, whole: true},
	"github.com/spf13/viper.Viper.WriteConfigAs":        {op: effect.OpenFile, path: 1, access: effect.Truncating, whole: true},
	"github.com/spf13/viper.Viper.SafeWriteConfigAs":    {op: effect.OpenFile, path: 1, access: effect.Exclusive, whole: true},
	"github.com/gin-gonic/gin.Context.SaveUploadedFile": {op: effect.OpenFile, path: 2, access: effect.Truncating, whole: true},
	"github.com/gin-gonic/gin.Context.File":             {op: effect.Read, path: 1},
	"gopkg.in/ini.v1.File.SaveTo":                       {op: effect.OpenFile, path: 1, access: effect.Truncating, whole: true},

	// Known libraries, at the versions that were read.
	ours + ".WriteFile":                                {path: 1, content: 2, perm: 3, library: durable},
	ours + ".WriteReader":                              {path: 1, content: 2, perm: 3, library: durable},
	ours + ".Update":                                   {path: 2, perm: 3, library: durable},
	ours + ".Policy.WriteFile":                         {path: 1, content: 2, perm: 3, library: durable},
	ours + ".Policy.Update":                            {path: 2, perm: 3, library: durable},
	ours + ".Policy.Create":                            {path: 1, perm: 2, library: durable},
	ours + ".Create":                                   {path: 1, perm: 2, library: durable},
	"github.com/google/renameio/v2.WriteFile":          {path: 1, content: 2, perm: 3, library: synced},
	"github.com/google/renameio.WriteFile":             {path: 1, content: 2, perm: 3, library: synced},
	"github.com/google/renameio/v2.NewPendingFile":     {path: 1, library: synced},
	"github.com/google/renameio/v2.TempFile":           {path: 2, library: synced},
	"github.com/google/renameio.TempFile":              {path: 2, library: synced},
	"github.com/google/renameio/v2/maybe.WriteFile":    {path: 1, content: 2, perm: 3, library: synced},
	"github.com/snapcore/snapd/osutil.NewAtomicFile":   {path: 1, library: durable},
	"tailscale.com/atomicfile.WriteFileContents":       {path: 1, content: 2, library: synced},
	"github.com/natefinch/atomic.WriteFile":            {path: 1, content: 2, library: synced},
	"github.com/moby/sys/atomicwriter.WriteFile":       {path: 1, content: 2, perm: 3, library: synced},
	"tailscale.com/atomicfile.WriteFile":               {path: 1, content: 2, perm: 3, library: synced},
	"github.com/dchest/safefile.WriteFile":             {path: 1, content: 2, perm: 3, library: synced},
	"github.com/creachadair/atomicfile.WriteData":      {path: 1, content: 2, perm: 3, library: renamed},
	"github.com/snapcore/snapd/osutil.AtomicWriteFile": {path: 1, content: 2, perm: 3, library: durable},
	"github.com/rogpeppe/go-internal/lockedfile.Write": {op: effect.OpenFile, path: 1, content: 2, perm: 3, access: effect.Truncating, whole: true},
	"github.com/natefinch/atomic.ReplaceFile":          {op: effect.Rename, from: 1, path: 2},
}

const (
	unix = "golang.org/x/sys/unix"
	ours = "github.com/wholly-go/wholly"
	// afero puts an interface before the os package.
	afero = "github.com/spf13/afero"
)

// fileSystems are types with the names of the os package as methods.
var fileSystems = map[string]bool{
	afero + ".Fs": true, afero + ".Afero": true, afero + ".OsFs": true, "github.com/go-git/go-billy/v5.Filesystem": true,
	"github.com/go-git/go-billy/v5.Basic": true,
}

// makes says of which type the first result of a function is.
var makes = map[string]string{
	afero + ".NewOsFs": afero + ".Fs", "github.com/spf13/viper.New": "github.com/spf13/viper.Viper",
	"github.com/go-git/go-billy/v5/osfs.New": "github.com/go-git/go-billy/v5.Filesystem",
	"gopkg.in/ini.v1.Load":                   "gopkg.in/ini.v1.File", "gopkg.in/ini.v1.Empty": "gopkg.in/ini.v1.File",
}

// reads are functions that read from their first argument, or make a reader
// over it.
var reads = map[string]bool{
	"io.ReadAll": true, "io.ReadFull": true, "encoding/binary.Read": true, "bufio.NewScanner": true, "bufio.NewReader": true,
	"encoding/csv.NewReader": true, "compress/gzip.NewReader": true,
}

// writesTo are functions that write to their first argument.
var writesTo = map[string]bool{
	"io.Copy": true, "io.CopyN": true, "io.CopyBuffer": true, "io.WriteString": true,
	"fmt.Fprint": true, "fmt.Fprintf": true, "fmt.Fprintln": true, "encoding/pem.Encode": true,
	"encoding/binary.Write": true, "image/png.Encode": true, "image/jpeg.Encode": true, "image/gif.Encode": true,
	"runtime/pprof.WriteHeapProfile": true, "runtime/pprof.StartCPUProfile": true, "runtime/trace.Start": true,
}

// buffers keep back what is written until Flush or Close; encoders do not.
var buffers = map[string]bool{
	"bufio.NewWriter": true, "bufio.NewWriterSize": true, "compress/gzip.NewWriter": true, "compress/gzip.NewWriterLevel": true,
	"compress/zlib.NewWriter": true, "compress/zlib.NewWriterLevel": true, "compress/flate.NewWriter": true,
	"archive/zip.NewWriter": true, "archive/tar.NewWriter": true, "encoding/csv.NewWriter": true, "text/tabwriter.NewWriter": true,
	"bufio.NewReadWriter": true,
}

var encoders = map[string]bool{
	"encoding/json.NewEncoder": true, "encoding/xml.NewEncoder": true, "encoding/gob.NewEncoder": true,
	"encoding/hex.NewEncoder": true, "io.MultiWriter": true, "gopkg.in/yaml.v3.NewEncoder": true, "gopkg.in/yaml.v2.NewEncoder": true,
	"github.com/BurntSushi/toml.NewEncoder": true, "io.NewOffsetWriter": true,
	"encoding/json.NewDecoder": true, "bufio.NewReader": true, "bufio.NewScanner": true,
}

// surroundings are asked once and answer the same all through a run.
var surroundings = map[string]bool{
	"os.UserHomeDir": true, "os.UserConfigDir": true, "os.UserCacheDir": true, "os.Getwd": true,
	"os.Executable": true, "os.Hostname": true, "os/user.Current": true,
}

// parsers decode content; their error says that it was bad.
var parsers = map[string]bool{
	"encoding/json.Unmarshal": true, "encoding/xml.Unmarshal": true, "gopkg.in/yaml.v3.Unmarshal": true,
	"gopkg.in/yaml.v2.Unmarshal": true, "sigs.k8s.io/yaml.Unmarshal": true, "github.com/BurntSushi/toml.Unmarshal": true,
	"encoding/pem.Decode": true, "github.com/google/uuid.ParseBytes": true, "github.com/google/uuid.Parse": true,
}
